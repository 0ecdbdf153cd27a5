"""Reads and sends of `bench.cache`, in a process of their own: `-m bench.cache_reads 600 7`."""

import json
import random
import sys
import time
from uuid import uuid4

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.tests.factories import access_of  # noqa: E402
from conftest import make_world  # noqa: E402
from conversations.tests.factories import make_conversation  # noqa: E402
from tokdesk.common import cache  # noqa: E402

READS_A_WRITE = 6
CONVERSATIONS = 40


def run(writes: int, seed: int) -> dict[str, float]:
    """Each page is compared with what was said by then."""
    chance = random.Random(seed)  # noqa: S311  # to be repeated by its seed
    acme = make_world("acme")
    ids = [str(make_conversation(acme.customer, "Begin").pk) for _ in range(CONVERSATIONS)]
    client = Client(
        headers={"Authorization": f"Bearer {access_of(acme.agent)}", "Host": "localhost"}
    )
    said = dict.fromkeys(ids, "Begin")
    before, stale, times = cache.counters(), 0, {True: [], False: []}
    for number in range(writes * (READS_A_WRITE + 1)):
        # The busy ones are read and written more than the others, as everywhere.
        chosen = ids[min(int(chance.expovariate(0.15)), CONVERSATIONS - 1)]
        if chance.random() < 1 / (READS_A_WRITE + 1):
            said[chosen] = f"Message {number}"
            send(client, chosen, said[chosen])
            continue
        hits = cache.counters()["hits"]
        started = time.perf_counter()
        page = client.get(f"/api/v1/conversations/{chosen}/messages/").json()
        times[cache.counters()["hits"] > hits].append(1000 * (time.perf_counter() - started))
        stale += page["results"][-1]["body"] != said[chosen]
    after = cache.counters()
    return report(before, after, stale, times)


def send(client: Client, conversation: str, body: str) -> None:
    told = {"client_id": str(uuid4()), "body": body}
    path = f"/api/v1/conversations/{conversation}/messages/"
    answer = client.post(path, told, content_type="application/json")
    if answer.status_code != 201:
        raise RuntimeError(answer.content)


def report(
    before: dict[str, int], after: dict[str, int], stale: int, times: dict[bool, list[float]]
) -> dict[str, float]:
    mean = {hit: sum(each) / max(1, len(each)) for hit, each in times.items()}
    return {
        "hits": after["hits"] - before["hits"],
        "misses": after["misses"] - before["misses"],
        "stale": stale,
        "hit_ms": mean[True],
        "miss_ms": mean[False],
    }


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    found = run(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(json.dumps(found) + "\n")
