"""Logs: one JSON object a line on standard output, with the request id and without secrets."""

from tokdesk import env

LOG_LEVEL = env.choice("TOKDESK_LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"})
LOG_FORMAT = env.choice("TOKDESK_LOG_FORMAT", "json", {"json", "text"})

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "tokdesk.common.logs.RequestIdFilter"},
        "secrets": {"()": "tokdesk.common.logs.SecretsFilter"},
    },
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
        "text": {"format": "%(asctime)s %(levelname)-7s %(name)s %(message)s [%(request_id)s]"},
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": LOG_FORMAT,
            "filters": ["request_id", "secrets"],
        }
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["stdout"], "level": "WARNING", "propagate": False},
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Whoever scans the net asks for hosts that are not ours: a 400, and no news.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL"},
        # Two lines for each sweep of each queue would bury everything else.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.request": {"level": "WARNING"},
    },
}
