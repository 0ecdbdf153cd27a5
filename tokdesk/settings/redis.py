"""Cache and request limits: Redis or Valkey by their URLs, this process's memory without them."""

from tokdesk import env

SCHEMES = {"redis", "rediss", "unix"}
REDIS_URL = env.url("REDIS_URL", "", SCHEMES)
# One of its own may drop what was not read for long; the broker's must not.
CACHE_URL = env.url("TOKDESK_CACHE_URL", REDIS_URL, SCHEMES)
# Hints between processes with live sockets: nothing of it need outlive a restart.
LAYER_URL = env.url("TOKDESK_LAYER_URL", REDIS_URL, SCHEMES)
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

if LAYER_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [
                    {
                        "address": LAYER_URL,
                        # redis-py's own limits would end a subscription on which nothing happens,
                        # and refuse the hundred and first of many that come back at once.
                        "socket_timeout": None,
                        "max_connections": 2000,
                        "socket_connect_timeout": 2,
                        "health_check_interval": 15,
                    }
                ]
            },
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
