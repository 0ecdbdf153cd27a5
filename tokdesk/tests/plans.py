"""How a database goes about its work: every question of a block, and what it read for it."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bson import json_util
from django.db import connection
from pymongo.monitoring import CommandListener

PLANNED = ("SELECT", "UPDATE", "DELETE")
WRITES = {"update": "updates", "delete": "deletes"}
# MongoDB counts what it looks at: so many times what it found, or so many, are no scan; and so
# many it finds ahead of a page that is full of a few.
TIMES, ROWS, AHEAD = 20, 4000, 9000


@dataclass(frozen=True)
class Plan:
    asked: str
    told: str
    # The tables of which more was read than was asked for.
    scanned: frozenset[str]


class Listener(CommandListener):
    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: Any) -> None:
        if event.command_name in ("aggregate", *WRITES):
            self.commands.append(json_util.loads(json_util.dumps(event.command)))

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


@contextmanager
def watched() -> Iterator[list[Any]]:
    """What the database is asked while the block runs; `plans_of` tells how it went about it."""
    if connection.vendor != "mongodb":
        asked: list[Any] = []
        with connection.execute_wrapper(
            lambda run, sql, values, many, context: (
                asked.append((sql, values)),
                run(sql, values, many, context),
            )[1]
        ):
            yield asked
        return
    listener = Listener()
    before = connection.settings_dict["OPTIONS"]
    connection.close_pool()
    connection.settings_dict["OPTIONS"] = {**before, "event_listeners": [listener]}
    try:
        yield listener.commands
    finally:
        connection.close_pool()
        connection.settings_dict["OPTIONS"] = before


def plans_of(asked: Iterable[Any], big: set[str]) -> list[Plan]:
    explain = {"sqlite": _of_sqlite, "postgresql": _of_postgresql}.get(connection.vendor)
    if explain is None:
        return [_of_mongodb(command, big) for command in _of_each_shape(asked)]
    asked = dict((sql, values) for sql, values in asked if sql.startswith(PLANNED))
    return [explain(sql, values, big) for sql, values in asked.items()]


def _of_each_shape(asked: Iterable[Any]) -> Iterable[Any]:
    """One question of those that differ by nothing but their values."""
    shapes = {}
    for each in asked:
        text = json.dumps(each, default=str)
        shapes.setdefault(re.sub(r"'[^']*'|[0-9a-f]{32}|\b\d[\d.TZ:+-]*", "?", text), each)
    return shapes.values()


def _of_sqlite(sql: str, values: Any, big: set[str]) -> Plan:
    steps = [row[3] for row in _explained(f"EXPLAIN QUERY PLAN {sql}", values)]
    names = {alias: table for table, alias in re.findall(r'"(\w+)" ([A-Z]+\d+)\b', sql)}
    scans = [step for step in steps if step.startswith("SCAN ") and not _is_by_few(step)]
    tables = {step.split()[1] for step in scans}
    return Plan(sql, "\n".join(steps), big & {names.get(name, name) for name in tables})


def _is_by_few(step: str) -> bool:
    """Through an index of few rows, as a partial one has; ANALYZE has counted them."""
    index = re.search(r"INDEX (\w+)", step)
    found = index and _explained("SELECT stat FROM sqlite_stat1 WHERE idx = %s", [index[1]])
    return bool(found) and int(found[0][0].split()[0]) <= ROWS


def _of_postgresql(sql: str, values: Any, big: set[str]) -> Plan:
    [[tree]] = _explained(f"EXPLAIN (FORMAT JSON) {sql}", values)
    steps = list(_nodes(tree[0]["Plan"], "Plans"))
    scans = {step["Relation Name"] for step in steps if step["Node Type"] == "Seq Scan"}
    return Plan(sql, json.dumps(tree, indent=1), big & scans)


def _explained(sql: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _of_mongodb(command: dict[str, Any], big: set[str]) -> Plan:
    name = next(iter(command))
    kept = {key: command[key] for key in (name, "pipeline", "cursor", *WRITES.values())
            if key in command}  # fmt: skip
    told = connection.database.command("explain", kept, verbosity="executionStats")
    return Plan(
        str(kept), json_util.dumps(told, indent=1), big & set(_read_by(command[name], told))
    )


def _read_by(table: str, told: Any) -> Iterator[str]:
    """Which collections were read far beyond what was found."""
    for node in _dicts(told):
        if "executionStats" in node:
            found = node["executionStats"]
            few = TIMES * found["nReturned"] + ROWS
            is_scan = "COLLSCAN" in json.dumps(node["queryPlanner"], default=str)
            read = max(found["totalDocsExamined"], found["totalKeysExamined"])
            if is_scan or read > few or found["nReturned"] > AHEAD:
                yield table
        if "$lookup" in node and "totalDocsExamined" in node:
            few = TIMES * node["nReturned"] + ROWS
            if node.get("collectionScans") or node["totalDocsExamined"] > few:
                yield node["$lookup"]["from"]


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _dicts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _dicts(each)


def _nodes(node: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    yield node
    for each in node.get(name, []):
        yield from _nodes(each, name)
