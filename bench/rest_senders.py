"""Honest senders over REST: each message has one id and is sent until it is acknowledged."""

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

GIVE_UP_SECONDS = 120.0


@dataclass(frozen=True)
class Ack:
    """What a server promised: under this id and place the message is stored."""

    client_id: str
    conversation: str
    message_id: str
    seq: int
    body: str

    def stored(self) -> tuple[str, str, int, str]:
        """What must stand in the row."""
        return self.client_id, self.conversation, self.seq, self.body


@dataclass
class Sender:
    """One person on one thread, who knows both servers and turns to the other when one fails."""

    email: str
    password: str
    ports: list[int]
    seed: int
    acks: list[Ack] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    tries: int = 0
    access: str = ""

    def run(self, conversations: list[str], count: int, done: threading.Event) -> None:
        chance = random.Random(self.seed)  # noqa: S311  # to be repeated by its seed
        for number in range(count):
            if done.is_set():
                return
            self.send(chance.choice(conversations), f"Message {number} of {self.email}", chance)

    def send(self, conversation: str, body: str, chance: random.Random) -> None:
        client_id = str(uuid4())
        path = f"/api/v1/conversations/{conversation}/messages/"
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < deadline:
            status, answer = self.ask(path, {"client_id": client_id, "body": body}, chance)
            if status in (200, 201):
                ack = Ack(client_id, conversation, answer["id"], answer["seq"], body)
                self.acks.append(ack)
                return
            if status == 401:
                self.sign_in(chance)
            elif status in (0, 503):
                time.sleep(chance.uniform(0, 0.2))
            else:
                # Whatever dies, a server that answers at all may say no more than "later".
                self.refusals.append(f"{status} {answer}")
                return
        self.refusals.append(f"{client_id} was never acknowledged")

    def sign_in(self, chance: random.Random) -> None:
        told = {"email": self.email, "password": self.password}
        status, answer = self.ask("/api/v1/auth/login/", told, chance)
        if status == 200:
            self.access = answer["access"]

    def ask(self, path: str, body: Any, chance: random.Random) -> tuple[int, Any]:
        """The status and body; 0 where nobody answered to the end."""
        self.tries += 1
        headers = {"Content-Type": "application/json"}
        if self.access:
            headers["Authorization"] = f"Bearer {self.access}"
        connection = http.client.HTTPConnection("127.0.0.1", chance.choice(self.ports), timeout=15)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        except (OSError, http.client.HTTPException, ValueError):
            return 0, None
        finally:
            connection.close()
