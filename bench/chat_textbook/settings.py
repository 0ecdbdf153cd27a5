"""As few settings as it runs with; a connection to the database is closed after each use."""

from tokdesk import env

SECRET_KEY = "textbook"  # noqa: S105
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["channels", "bench.chat_textbook"]
ASGI_APPLICATION = "bench.chat_textbook.asgi.application"
DATABASES = {"default": {**env.database("DATABASE_URL", ""), "CONN_MAX_AGE": 0}}
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The one thing no tutorial has: redis-py's own limit of five seconds would end idle consumers.
HOST = {"address": env.text("REDIS_URL", ""), "socket_timeout": None, "max_connections": 2000}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [HOST]},
    }
}
