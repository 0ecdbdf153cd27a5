"""The main questions and deeds, asked of one database: `python -m bench.databases_asked '{…}' 50`.

Takes what bench.http_data has told and how often; prints the seconds of each, by name. The requests
go through all of Django in this process, so that what differs between databases is the database.
"""

import json
import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.test.utils import setup_test_environment  # noqa: E402

from tokdesk.common.testing import ApiClient  # noqa: E402


def cases(client: ApiClient, talks: list[str]) -> dict[str, Callable[[int], Any]]:
    """Each asks its own conversation, so that no cache answers."""

    def talk(number: int) -> str:
        return f"conversations/{talks[number % len(talks)]}/"

    customer = client.get(talk(0)).json()["customer"]["id"]

    def said(number: int) -> Any:
        body = {"client_id": str(uuid4()), "body": f"An answer, number {number}"}
        return client.post(f"{talk(number)}messages/", body)

    return {
        "list of the inbox": lambda n: client.get("conversations/?status=open&limit=50"),
        "own, by waiting time": lambda n: client.get(
            "conversations/?assignee=me&ordering=waiting_since&limit=50"
        ),
        "counts": lambda n: client.get("conversations/counts/"),
        "one conversation": lambda n: client.get(talk(n)),
        "its messages": lambda n: client.get(f"{talk(n)}messages/"),
        "what came after": lambda n: client.get(f"{talk(n)}events/?after=5"),
        "search": lambda n: client.get(f"conversations/?q=printer+number+{n}&limit=20"),
        "say": said,
        "change": lambda n: client.patch(talk(n), {"subject": f"Subject {uuid4()}"}),
        "read": lambda n: client.post(f"{talk(n)}read/", {"seq": 3}),
        "begin": lambda n: client.post(
            "conversations/",
            {
                "client_id": str(uuid4()),
                "customer": customer,
                "subject": f"New {n}",
                "message": {"body": "Hello"},
            },
        ),
    }


def main() -> None:
    setup_test_environment()
    told, times = json.loads(sys.argv[1]), int(sys.argv[2])
    client = ApiClient(told["agent"])
    found: dict[str, list[float]] = {}
    for name, ask in cases(client, told["conversations"]).items():
        seconds = found.setdefault(name, [])
        numbers = count()
        for _ in range(times + 5):
            began = time.perf_counter()
            answer = ask(next(numbers))
            seconds.append(time.perf_counter() - began)
            if answer.status_code >= 400:
                raise SystemExit(f"{name}: {answer.status_code} {answer.content.decode()[:300]}")
        # The first ones open connections and fill what Django keeps.
        del seconds[:5]
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
