"""What people do over the API: to one conversation, and to many at once, worked off."""

from typing import Any
from uuid import uuid4

from accounts.models import Membership
from conftest import World, client_of
from conversations.models import Conversation
from tokdesk.common.testing import finish_jobs


def send(client: Any, conversation: Conversation, body: Any = "Hello", **fields: Any) -> Any:
    told = {"client_id": str(uuid4()), "body": body, **fields}
    return client.post(f"conversations/{conversation.pk}/messages/", told)


def set_status(world: World, conversation: Conversation, status: str) -> None:
    path = f"conversations/{conversation.pk}/status/"
    assert client_of(world.admin).post(path, {"status": status}).status_code == 200


def ask(who: Membership, rows: list[Conversation], action: str, **values: Any) -> Any:
    ids = [str(row.pk) for row in rows]
    return client_of(who).post("conversations/bulk/", {"action": action, "ids": ids, **values})


def done(who: Membership, rows: list[Conversation], action: str, **values: Any) -> dict[str, Any]:
    answer = ask(who, rows, action, **values)
    assert answer.status_code == 202
    finish_jobs()
    return job_of(who, answer.json()["job"]["id"])


def job_of(who: Membership, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = client_of(who).get(f"jobs/{job_id}/").json()
    return job


def undone(who: Membership, job: dict[str, Any]) -> dict[str, Any]:
    answer = client_of(who).post(f"jobs/{job['id']}/undo/")
    assert (answer.status_code, answer.json()["state"]) == (200, "undoing")
    finish_jobs()
    return job_of(who, job["id"])


def codes(job: dict[str, Any]) -> list[str]:
    return [fault["code"] for fault in job["failures"]]
