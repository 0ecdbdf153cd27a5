"""The same tables behind a view as a tutorial writes it: what `bench.http` measures beside ours."""

from tokdesk.settings.dev import *  # noqa: F403
from tokdesk.settings.dev import REST_FRAMEWORK

ROOT_URLCONF = "bench.plain_urls"
MIDDLEWARE: list[str] = []
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_FILTER_BACKENDS": [],
    "PAGE_SIZE": 25,
}
