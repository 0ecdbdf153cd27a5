"""Static files, and where uploads lie: the data folder by default, S3 by TOKDESK_S3_BUCKET."""

from typing import Any

from tokdesk import env
from tokdesk.settings.base import BASE_DIR, DATA_DIR

STATIC_URL = "/static/"
# Belongs to the code, not to the data: an upgrade must never serve older files.
STATIC_ROOT = BASE_DIR / "staticfiles"
# Never change under their names: what Vite has built, and what the manifest storage has named.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/(app/.+-[\w-]{8}\.\w+|.+\.[0-9a-f]{12}\.\w+)$"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist", BASE_DIR / "static" / "assets"]

MEGABYTE = 1024 * 1024
MAX_ATTACHMENT_BYTES = 25 * MEGABYTE
# Path -> what the body of a POST there may have: the file, and the words of its form around it.
UPLOAD_BODY_BYTES = {"/api/v1/attachments/": MAX_ATTACHMENT_BYTES + 64 * 1024}
# What all attachments of one company may have together.
ATTACHMENT_QUOTA_BYTES = env.number("TOKDESK_ATTACHMENT_QUOTA_MB", 5120, minimum=1) * MEGABYTE
# clamd, which looks at every upload before anybody gets it; without it nobody looks.
CLAMAV_URL = env.url("TOKDESK_CLAMAV_URL", "", {"tcp", "unix"})
S3_BUCKET = env.text("TOKDESK_S3_BUCKET", "")


def _attachments() -> dict[str, Any]:
    if not S3_BUCKET:
        return {
            "BACKEND": "tokdesk.integrations.localfiles.LocalFiles",
            "OPTIONS": {"location": DATA_DIR / "attachments"},
        }
    return {
        "BACKEND": "tokdesk.integrations.s3.S3Files",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            # Of another service than Amazon's; browsers must reach it too.
            "endpoint_url": env.url("TOKDESK_S3_ENDPOINT", "", {"http", "https"}) or None,
            "region_name": env.text("TOKDESK_S3_REGION", "us-east-1"),
            # Without keys those of the machine are used.
            "access_key": env.secret("TOKDESK_S3_ACCESS_KEY", "") or None,
            "secret_key": env.secret("TOKDESK_S3_SECRET_KEY", "") or None,
            "location": env.text("TOKDESK_S3_PREFIX", "attachments"),
        },
    }


STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "media"},
    },
    "attachments": _attachments(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
