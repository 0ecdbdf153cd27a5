"""What a live client asks over HTTP: to come in, tickets, pages of a log, messages."""

import asyncio
import http.client
import json
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

TIMEOUT_SECONDS = 15.0
# Of the whole process: a storm of clients that come back waits here rather than in the server.
threads = ThreadPoolExecutor(16, "rest")


@dataclass(frozen=True)
class Answer:
    """`status` is 0 where nobody answered to the end."""

    status: int
    body: Any = None

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Resync:
    """The position is none of this log any more."""

    reason: str
    epoch: str | None


@dataclass(frozen=True)
class Snapshot:
    """Messages as they are now, by id, and the head of the log that they are of."""

    messages: dict[str, dict[str, Any]]
    head: int


@dataclass
class Rest:
    """One person's way to the API, by any of several servers; nothing of it raises.

    Give an access token where there is one; whoever has none, or a dead one, signs in.
    """

    ports: Sequence[int]
    email: str = ""
    password: str = ""
    access: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"
    chance: random.Random = field(default_factory=random.Random)
    refresh: str = ""
    sign_ins: int = 0

    def __post_init__(self) -> None:
        self._signing_in = asyncio.Lock()

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Under /api/v1/; signs in first where that is needed, and once more after a 401."""
        used = self.access or await self.sign_in("")
        answer = await self._ask(method, path, body, used)
        if answer.status == 401:
            answer = await self._ask(method, path, body, await self.sign_in(used))
        return answer

    async def sign_in(self, dead: str) -> str:
        """The access token; a new one unless somebody else has replaced the dead one already."""
        async with self._signing_in:
            if self.access and self.access != dead:
                return self.access
            answer = Answer(0)
            if self.refresh:
                answer = await self._ask("POST", "auth/refresh/", {"refresh": self.refresh}, "")
            if not answer.is_good and self.email:
                told = {"email": self.email, "password": self.password}
                answer = await self._ask("POST", "auth/login/", told, "")
            if answer.is_good:
                self.access, self.refresh = answer.body["access"], answer.body["refresh"]
                self.sign_ins += 1
            return self.access

    async def ticket(self) -> str:
        """For one socket; "" where none is to be had now."""
        answer = await self.ask("POST", "realtime/tickets/")
        return str(answer.body["ticket"]) if answer.is_good else ""

    async def events(
        self, conv: str, after: int, epoch: str | None
    ) -> Mapping[str, Any] | Resync | None:
        """A page of the log; None where there was no answer, or none that says anything."""
        query = f"after={after}&limit=300" + (f"&epoch={epoch}" if epoch else "")
        answer = await self.ask("GET", f"conversations/{conv}/events/?{query}")
        if answer.is_good:
            page: Mapping[str, Any] = answer.body
            return page
        if answer.status == 409 and answer.body.get("code") == "resync":
            return Resync(str(answer.body.get("reason")), answer.body.get("epoch"))
        return None

    async def messages(self, conv: str, down_to: int) -> Snapshot | None:
        """All messages that stand behind this position, read from the newest backwards."""
        found: dict[str, dict[str, Any]] = {}
        head, before = None, ""
        while True:
            answer = await self.ask("GET", f"conversations/{conv}/messages/?limit=100{before}")
            if not answer.is_good:
                return None
            page = answer.body["results"]
            head = answer.body["head"] if head is None else head
            found |= {each["id"]: each for each in page if each["seq"] > down_to}
            if not page or page[0]["seq"] <= down_to or not answer.body["has_before"]:
                return Snapshot(found, int(head))
            before = f"&before={page[0]['seq']}"

    async def conversations(self) -> dict[str, Any] | None:
        """The whole list by id."""
        found: dict[str, Any] = {}
        path = "conversations/?limit=100"
        while path:
            answer = await self.ask("GET", path)
            if not answer.is_good:
                return None
            found |= {each["id"]: each for each in answer.body["results"]}
            path = (answer.body["next"] or "").rpartition("/api/v1/")[2]
        return found

    async def _ask(self, method: str, path: str, body: Any, access: str) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, self._ask_now, method, path, body, access)

    def _ask_now(self, method: str, path: str, body: Any, access: str) -> Answer:
        headers = {"Content-Type": "application/json", **self.headers}
        if access:
            headers["Authorization"] = f"Bearer {access}"
        told = None if body is None else json.dumps(body)
        port = self.chance.choice(self.ports)
        connection = http.client.HTTPConnection(self.host, port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, f"/api/v1/{path}", told, headers)
            response = connection.getresponse()
            return Answer(response.status, json.loads(response.read() or b"null"))
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(0)
        finally:
            connection.close()
