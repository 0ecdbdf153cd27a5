"""A server that cannot keep the promises is refused, with the remedy."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections

from tokdesk.checkup.round import LOOKS, verdict_of
from tokdesk.checkup.verdicts import State
from tokdesk.db.mongodb.serverchecks import faults
from tokdesk.tests import servers
from tokdesk.tests.waiting import wait_until

pytestmark = [pytest.mark.mongod, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Any]:
    """A connection to a server without a replica set."""
    port = servers.free_port()
    command = [str(servers.find_mongod()), "--dbpath", str(tmp_path), "--bind_ip", "127.0.0.1"]
    command += ["--port", str(port), "--nounixsocket", "--quiet"]
    with servers.running(command, folder=tmp_path, account=servers.Account()) as log:
        wait_until(lambda: answers(port), seconds=30, on_timeout=log)
        connections.databases["alone"] = {
            **connection.settings_dict,
            "HOST": f"mongodb://127.0.0.1:{port}/alone",
            "NAME": "alone",
        }
        yield connections["alone"]
        connections["alone"].close_pool()
        del connections["alone"]
        del connections.databases["alone"]


def answers(port: int) -> bool:
    with pymongo.MongoClient("127.0.0.1", port, serverSelectionTimeoutMS=500) as client:
        try:
            return bool(client.admin.command("ping"))
        except pymongo.errors.PyMongoError:
            return False


def test_a_server_that_stands_alone_is_refused_before_anything_is_made(alone: Any) -> None:
    alone.connect()

    assert [what for what, _ in faults(alone)] == [
        "the server stands alone, and has no transactions"
    ]
    with pytest.raises(SystemCheckError, match=re.escape("rs.initiate()")):
        call_command("check", databases=["alone"])
    assert alone.introspection.table_names() == []


def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokdesk.db.mongodb.serverchecks.OLDEST", (99, 0))

    [(what, remedy)] = faults(connection)

    assert re.fullmatch(r"MongoDB 6\.0\.\d+\.\d+ is too old", what)
    assert remedy == "Upgrade it to 99.0 or newer."


def test_doctor_finds_this_one_well() -> None:
    found = {name: verdict_of(LOOKS[name]) for name in ("database", "durability", "clock")}

    assert {name: each.state for name, each in found.items()} == dict.fromkeys(found, State.OK)
    assert "@" not in found["database"].detail


def test_doctor_finds_indexes_that_no_look_up_uses(transactional_db: None) -> None:
    table = connection.database["companies_company"]
    table.create_index(
        "name", name="by_type", partialFilterExpression={"name": {"$type": "string"}}
    )
    try:
        verdict = verdict_of(LOOKS["database"])
    finally:
        table.drop_index("by_type")

    assert verdict.state == State.FAIL
    assert verdict.detail == "no look-up uses companies_company.by_type"
