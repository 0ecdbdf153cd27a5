"""Cache and request limits: Redis or Valkey by their URLs, this process's memory without them."""

from tokdesk import env

SCHEMES = {"redis", "rediss", "unix"}
REDIS_URL = env.url("REDIS_URL", "", SCHEMES)
# One of its own may drop what was not read for long; the broker's must not.
CACHE_URL = env.url("TOKDESK_CACHE_URL", REDIS_URL, SCHEMES)
RATE_LIMITS_ENABLED = env.flag("TOKDESK_RATE_LIMITS", default=True)

if CACHE_URL:
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": CACHE_URL,
            "KEY_PREFIX": "tokdesk",
            "OPTIONS": {
                "SOCKET_CONNECT_TIMEOUT": 2,
                "SOCKET_TIMEOUT": 2,
                # A dead cache makes pages slower, never wrong: every reader falls back to rows.
                "IGNORE_EXCEPTIONS": True,
            },
        }
    }
    DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
