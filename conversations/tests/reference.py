"""A small client, told in plain Python: it keeps a snapshot current by the log alone."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from conversations.markdown import plain_line

LONGEST_PREVIEW = 140
# Counted, not told: whoever writes with a version asks for the row before.
UNTOLD = {"version"}


@dataclass
class Snapshot:
    """What one reader has of one conversation; `reader` is their own person object."""

    reader: dict[str, Any]
    row: dict[str, Any]
    messages: list[dict[str, Any]]
    people: dict[str, str]
    head: int
    is_gone: bool = False

    @property
    def is_staff(self) -> bool:
        return self.reader["role"] != "user"

    def told(self) -> Any:
        """All of it that the log must be able to keep current."""
        row = {name: value for name, value in self.row.items() if name not in UNTOLD}
        return (row, self.messages, self.people, self.head)

    def apply(self, event: dict[str, Any]) -> None:
        """The next entry of the log, and no other."""
        assert event["seq"] == self.head + 1
        self.head = self.row["last_seq"] = event["seq"]
        if self.is_staff:
            self.row["updated_at"] = event["at"]
        else:
            self.row["last_activity_at"] = event["at"]
        data = deepcopy(event["data"])
        handle = HANDLERS.get(event["type"])
        if handle is None:
            self.row |= data
        else:
            handle(self, event, data)


def read(client: Any, conversation_id: Any, reader: dict[str, Any]) -> Snapshot | None:
    """A fresh one; None where it cannot be seen."""
    path = f"conversations/{conversation_id}/"
    answer = client.get(path)
    if answer.status_code == 404:
        return None
    row, page = answer.json(), client.get(f"{path}messages/?limit=100").json()
    assert not page["has_before"]
    people = client.get(f"{path}participants/?limit=100").json()["results"]
    # Who follows is nobody's news.
    kinds = {each["member"]["id"]: each["kind"] for each in people if each["kind"] != "follower"}
    return Snapshot(reader, row, page["results"], kinds, row["last_seq"])


def _said(snapshot: Snapshot, event: dict[str, Any], message: dict[str, Any]) -> None:
    row, is_own = snapshot.row, message["author"]["id"] == snapshot.reader["id"]
    snapshot.messages.append(message)
    row["preview"] = plain_line(message["body"], LONGEST_PREVIEW)
    row["last_activity_at"] = event["at"]
    row["unread"] = 0 if is_own else row["unread"] + 1
    if is_own:
        row |= {"following": True, "marked_unread": False}
    if snapshot.is_staff and row["kind"] == "customer" and message["visibility"] == "public":
        is_customer = message["author"]["role"] == "user"
        row["waiting_since"] = (row["waiting_since"] or event["at"]) if is_customer else None


def _changed(snapshot: Snapshot, event: dict[str, Any], message: dict[str, Any]) -> None:
    where = [each["id"] for each in snapshot.messages].index(message["id"])
    snapshot.messages[where] = message
    if where == len(snapshot.messages) - 1:
        snapshot.row["preview"] = plain_line(message["body"], LONGEST_PREVIEW)


def _status(snapshot: Snapshot, event: dict[str, Any], data: dict[str, Any]) -> None:
    row, status = snapshot.row, data["status"]
    row["status"] = status
    row["closed_at"] = event["at"] if status == "closed" else None
    if status == "resolved":
        row["resolved_at"] = event["at"]
    elif status == "closed":
        row["resolved_at"] = row["resolved_at"] or event["at"]
    else:
        row["resolved_at"] = None
    if snapshot.is_staff and status in ("resolved", "closed"):
        row["waiting_since"] = None
    is_customer = (event["actor"] or {}).get("role") == "user"
    if snapshot.is_staff and status == "open" and is_customer:
        row["waiting_since"] = row["waiting_since"] or event["at"]


def _assigned(snapshot: Snapshot, event: dict[str, Any], data: dict[str, Any]) -> None:
    snapshot.row |= data
    if data["assignee"] is not None and data["assignee"]["id"] == snapshot.reader["id"]:
        snapshot.row["following"] = True


def _merged(snapshot: Snapshot, event: dict[str, Any], data: dict[str, Any]) -> None:
    data.pop("source", None)
    snapshot.row |= data


def _deleted(snapshot: Snapshot, event: dict[str, Any], data: dict[str, Any]) -> None:
    snapshot.is_gone = True


def _came(snapshot: Snapshot, event: dict[str, Any], data: dict[str, Any]) -> None:
    snapshot.people[data["member"]["id"]] = data["kind"]
    if data["member"]["id"] == snapshot.reader["id"]:
        snapshot.row["following"] = True


def _left(snapshot: Snapshot, event: dict[str, Any], data: dict[str, Any]) -> None:
    del snapshot.people[data["member"]["id"]]
    if data["member"]["id"] == snapshot.reader["id"]:
        snapshot.row["following"] = False


# Of all others the data are the fields that changed.
HANDLERS: dict[str, Callable[[Snapshot, dict[str, Any], dict[str, Any]], None]] = {
    "message.created": _said,
    "message.edited": _changed,
    "message.deleted": _changed,
    "conversation.status": _status,
    "conversation.assigned": _assigned,
    "conversation.merged": _merged,
    "conversation.deleted": _deleted,
    "participant.added": _came,
    "participant.removed": _left,
}
