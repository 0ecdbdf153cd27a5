"""Where rows live: SQLite in the data folder by default, PostgreSQL or MongoDB by DATABASE_URL."""

from pathlib import Path

from tokdesk import env
from tokdesk.settings.base import DATA_DIR

_settings = env.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'tokdesk.sqlite3'}")

if _settings["ENGINE"] == "django.db.backends.sqlite3":
    Path(_settings["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # IMMEDIATE takes the write lock at BEGIN: a deferred transaction that upgrades later fails at
    # once with "database is locked", whatever the timeout. FULL survives a power cut, NORMAL may
    # lose the last commits.
    _settings["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
elif _settings["ENGINE"] == "tokdesk.db.mongodb":
    _settings["OPTIONS"] = {
        # A primary that is gone for longer than this is a 503 with Retry-After.
        "serverSelectionTimeoutMS": 10_000,
        "connectTimeoutMS": 5_000,
        "socketTimeoutMS": 30_000,
        "retryWrites": True,
        "w": "majority",
    }
else:
    _settings["CONN_MAX_AGE"] = env.number("TOKDESK_DB_CONN_MAX_AGE", 60)
    _settings["CONN_HEALTH_CHECKS"] = True
    # A lock that is waited for longer than this is a 503 with Retry-After, not a stuck worker.
    _settings["OPTIONS"] = {
        **_settings.get("OPTIONS", {}),
        "connect_timeout": 5,
        "options": "-c lock_timeout=10s -c statement_timeout=30s",
    }

DATABASES = {"default": _settings}
