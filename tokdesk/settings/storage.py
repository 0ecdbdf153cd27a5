"""Static files; uploads come with attachments."""

from tokdesk.settings.base import BASE_DIR, DATA_DIR

STATIC_URL = "/static/"
# Belongs to the code, not to the data: an upgrade must never serve older files.
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist", BASE_DIR / "static" / "assets"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "media"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
