"""Tests: cheap hashing, mail in memory, limits off unless a test switches them on."""

import atexit
import shutil
import tempfile
from pathlib import Path

from tokdesk.settings.common import *  # noqa: F403
from tokdesk.settings.common import DATABASES, STORAGES

DEBUG = False
DEMO_ENABLED = True
DATA_DIR = Path(tempfile.mkdtemp(prefix="tokdesk-test-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
MAIL_DIR = DATA_DIR / "mail"
STORAGES = {
    **STORAGES,
    "attachments": {
        "BACKEND": "tokdesk.integrations.localfiles.LocalFiles",
        "OPTIONS": {"location": DATA_DIR / "attachments"},
    },
}
CLAMAV_URL = ""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
LAYER_URL = ""
CELERY_BROKER_URL = ""
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
RATE_LIMITS_ENABLED = False
FORGET_SECONDS = 0.0
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
BASE_URL = "https://desk.example"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the race tests write from many threads at once.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
