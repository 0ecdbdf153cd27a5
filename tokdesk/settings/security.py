"""Secrets, hosts, cookies and headers."""

from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from tokdesk import env
from tokdesk.settings.base import BASE_URL, PORT

INSECURE_SECRET_KEY = "insecure-development-key-never-used-in-production-0123456789"
SECRET_KEY = env.secret("TOKDESK_SECRET_KEY", INSECURE_SECRET_KEY)
ALLOWED_HOSTS = env.words(
    "TOKDESK_ALLOWED_HOSTS", f"127.0.0.1,localhost,{urlsplit(BASE_URL).hostname}"
)
ALLOWED_ORIGINS = env.words(
    "TOKDESK_ALLOWED_ORIGINS", f"http://127.0.0.1:{PORT},http://localhost:{PORT},{BASE_URL}"
)
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
CSRF_FAILURE_VIEW = "tokdesk.common.middleware.csrf_failure"
# How many proxies of ours stand in front; only that many addresses of X-Forwarded-For are believed.
TRUSTED_PROXIES = env.number("TOKDESK_TRUSTED_PROXIES", 0, maximum=8)

MAX_BODY_BYTES = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
# Whoever scrapes /metrics shows it as a bearer token.
METRICS_TOKEN = env.secret("TOKDESK_METRICS_TOKEN", "")
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
