"""Cache and request limits: Redis or Valkey by REDIS_URL, this process's memory without it."""

from tokdesk import env

REDIS_URL = env.url("REDIS_URL", "", {"redis", "rediss", "unix"})
RATE_LIMITS_ENABLED = env.flag("TOKDESK_RATE_LIMITS", default=True)

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
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
