"""Production: refuses to start with anything that is only fit for development."""

from hashlib import sha256

from django.core.exceptions import ImproperlyConfigured

from tokdesk import env
from tokdesk.settings.common import *  # noqa: F403
from tokdesk.settings.common import (
    ALLOWED_HOSTS,
    ALLOWED_ORIGINS,
    BASE_DIR,
    BASE_URL,
    BUNDLE,
    INSECURE_SECRET_KEY,
    RATE_LIMITS_ENABLED,
    SECRET_KEY,
    STORAGES,
    TRUSTED_PROXIES,
)

DEBUG = False
DEMO_ENABLED = False

if env.flag("DEBUG", default=False) or env.flag("TOKDESK_DEBUG", default=False):
    raise ImproperlyConfigured("DEBUG must be off in production.")
if SECRET_KEY == INSECURE_SECRET_KEY or len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("TOKDESK_SECRET_KEY must be a secret of at least 50 characters.")
env.text("TOKDESK_ALLOWED_HOSTS")
if any("*" in host for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("TOKDESK_ALLOWED_HOSTS must name hosts, not '*'.")
if any("*" in origin for origin in ALLOWED_ORIGINS):
    raise ImproperlyConfigured("TOKDESK_ALLOWED_ORIGINS must name origins, not '*'.")
if not RATE_LIMITS_ENABLED:
    raise ImproperlyConfigured("TOKDESK_RATE_LIMITS must not be off in production.")
env.text("TOKDESK_BASE_URL")
if not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("TOKDESK_BASE_URL must start with https:// in production.")

# Without it mails would pile up in a folder that nobody reads.
env.secret("EMAIL_URL")

SECURE_SSL_REDIRECT = True
# Said, not guessed: with too few everybody seems to come from the proxy, with too many anybody may
# write the address that limits count by.
env.text("TOKDESK_TRUSTED_PROXIES")
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.number("TOKDESK_HSTS_SECONDS", 31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
LANGUAGE_COOKIE_SECURE = True
# Pages that were opened before an upgrade are told of it.
MANIFEST = BASE_DIR / "static" / "dist" / "manifest.json"
BUNDLE = BUNDLE or sha256(MANIFEST.read_bytes()).hexdigest()[:12]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
