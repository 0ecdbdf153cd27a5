"""What a server must be, so that the promises of a database hold on it."""

from typing import Any

from django.apps import apps
from pymongo.errors import PyMongoError

from tokdesk.db.mongodb.collection import told_as_django

OLDEST = (6, 0)
# What is wrong, and what to do about it.
Fault = tuple[str, str]


def hello(connection: Any) -> dict[str, Any]:
    """What the server says of itself.

    Raises:
        OperationalError: it does not answer.
    """
    connection.ensure_connection()
    try:
        told: dict[str, Any] = connection.connection.admin.command("hello")
    except PyMongoError as error:
        raise told_as_django(error) from error
    return told


def faults(connection: Any) -> list[Fault]:
    """Why TokDesk does not run on this server.

    Raises:
        OperationalError: it does not answer.
    """
    told = hello(connection)
    found: list[Fault] = []
    if "setName" not in told and told.get("msg") != "isdbgrid":
        found.append(
            (
                "the server stands alone, and has no transactions",
                "Start it with --replSet and run rs.initiate(); one node is enough.",
            )
        )
    version = connection.get_database_version()
    if version < OLDEST:
        found.append(
            (
                f"MongoDB {'.'.join(map(str, version))} is too old",
                f"Upgrade it to {OLDEST[0]}.{OLDEST[1]} or newer.",
            )
        )
    return found


def unusable_indexes(connection: Any) -> list[str]:
    """Unique ones that another backend has made: no look-up uses them."""
    found = []
    for model in apps.get_models():
        table = connection.database[model._meta.db_table]
        for name, index in table.index_information().items():
            condition = index.get("partialFilterExpression", {})
            if any("$type" in test for test in condition.values() if isinstance(test, dict)):
                found.append(f"{model._meta.db_table}.{name}")
    return sorted(found)
