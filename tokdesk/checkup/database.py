"""Does the database answer, is its shape current, and does a commit survive a power cut?"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from tokdesk.checkup.verdicts import Verdict, failure, good, warning
from tokdesk.common.db import ping, serverchecks
from tokdesk.common.models import Event

OLDEST_POSTGRESQL = 14
FULL, EXTRA = 2, 3
DRIFT_WARNS, DRIFT_FAILS = timedelta(seconds=2), timedelta(seconds=30)


def database() -> Verdict:
    try:
        ping()
    except (OperationalError, InterfaceError) as error:
        # The first line says which address; the driver never puts the password into it.
        detail = str(error).strip().partition("\n")[0]
        return failure(detail, "Start the database, or correct DATABASE_URL.")
    version = ".".join(map(str, connection.get_database_version()))
    if connection.vendor == "mongodb" and (fault := mongodb_fault()):
        return fault
    if (
        connection.vendor == "postgresql"
        and connection.get_database_version()[0] < OLDEST_POSTGRESQL
    ):
        remedy = f"Upgrade the server to PostgreSQL {OLDEST_POSTGRESQL} or newer."
        return failure(f"PostgreSQL {version}", remedy)
    return good(f"{connection.display_name} {version}, {place()}")


def mongodb_fault() -> Verdict | None:
    found = serverchecks().faults(connection)
    if found:
        return failure(*found[0])
    unusable = serverchecks().unusable_indexes(connection)
    if unusable:
        remedy = "Drop them and let manage.py migrate make them, on a database of TokDesk's own."
        return failure(f"no look-up uses {', '.join(unusable)}", remedy)
    return None


def place() -> str:
    """Where it lives; never its password."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(config["NAME"])
    # Of a URL what stands behind the credentials.
    host = config["HOST"].rpartition("@")[2].removeprefix("mongodb://").partition("/")[0]
    return f"{config['NAME']} at {host or 'the local socket'}"


def durability() -> Verdict:
    looks = {
        "sqlite": sqlite_durability,
        "postgresql": postgresql_durability,
        "mongodb": mongodb_durability,
    }
    return looks[connection.vendor]()


def sqlite_durability() -> Verdict:
    journal, synchronous = pragma("journal_mode"), pragma("synchronous")
    faults = []
    if journal != "wal":
        faults.append(f"journal_mode is {journal}, not wal")
    if synchronous not in (FULL, EXTRA):
        faults.append(f"synchronous is {synchronous}, not {FULL}")
    if pragma("foreign_keys") != 1:
        faults.append("foreign_keys is off")
    if faults:
        remedy = (
            "Keep the database on a local disk and OPTIONS of settings/database.py as they are."
        )
        return failure(", ".join(faults), remedy)
    return good("write-ahead log, full sync, foreign keys")


def postgresql_durability() -> Verdict:
    names = ("fsync", "synchronous_commit", "full_page_writes")
    off = [name for name in names if shown(name) == "off"]
    if off:
        remedy = "Set them to on in postgresql.conf (or by ALTER SYSTEM), then reload the server."
        return failure(f"{' and '.join(off)} off: a crash loses what was saved", remedy)
    return good("fsync, synchronous_commit and full_page_writes are on")


def mongodb_durability() -> Verdict:
    told = serverchecks().hello(connection)
    # With one member nothing can be lost to a change of primaries, and all of it to its disk.
    members = len(told.get("hosts", []))
    return good(f"journaled by a majority of {members} member{'s' if members > 1 else ''}")


def migrations() -> Verdict:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return failure(f"{len(waiting)} not applied", "Run manage.py migrate.")
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    if unknown:
        detail = f"{len(unknown)} applied that this code does not know"
        return warning(detail, "This code is older than the database: deploy the newer one.")
    return good(f"all {len(executor.loader.applied_migrations)} applied")


def clock() -> Verdict:
    """Our clock against the database server's, and against the newest row."""
    drift = abs(timezone.now() - server_time())
    newest = newest_row_time()
    if newest is not None and newest - timezone.now() > DRIFT_WARNS:
        remedy = "Set the clock (NTP); sessions and limits count from a wrong time."
        return failure(f"the newest row is from the future: {newest:%Y-%m-%d %H:%M:%S}", remedy)
    if drift <= DRIFT_WARNS:
        return good(f"{timezone.now():%Y-%m-%d %H:%M:%S} UTC")
    judge = failure if drift > DRIFT_FAILS else warning
    detail = f"{drift.total_seconds():.0f} s apart from the database server"
    return judge(detail, "Let NTP keep the clocks of both machines.")


def server_time() -> datetime:
    """The database server's clock; SQLite runs on ours."""
    if connection.vendor == "mongodb":
        told: datetime = serverchecks().hello(connection)["localTime"]
        return told.replace(tzinfo=UTC)
    if connection.vendor != "postgresql":
        return timezone.now()
    now: datetime = asked("SELECT clock_timestamp()")
    return now.astimezone(UTC)


def newest_row_time() -> datetime | None:
    recorded = MigrationRecorder(connection).migration_qs.order_by("-applied")
    moments = [
        Event.objects.order_by("-at").values_list("at", flat=True).first(),
        recorded.values_list("applied", flat=True).first(),
    ]
    return max((moment for moment in moments if moment), default=None)


def pragma(name: str) -> Any:
    return asked(f"PRAGMA {name}")


def shown(name: str) -> Any:
    return asked(f"SHOW {name}")


def asked(query: str) -> Any:
    """The one value that a query of our own words answers."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]
