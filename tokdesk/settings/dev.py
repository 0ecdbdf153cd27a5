"""Development and the demo: embedded parts, demo people, the browsable API, mail in a folder."""

from tokdesk.settings.common import *  # noqa: F403
from tokdesk.settings.common import REST_FRAMEWORK

DEBUG = True
DEMO_ENABLED = True
WHITENOISE_USE_FINDERS = True
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
}
