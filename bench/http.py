"""How fast the ten main endpoints answer eight clients, over many messages.

`python -m bench.http [--short]` prints means and 99th percentiles; beside the list of conversations
a plain view of the framework and one of Express on the same tables, in the same run.
"""

import argparse
import contextlib
import http.client
import json
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench import bullmq
from bench.desk import machine
from bench.processes import Process
from bench.rest_chaos import House, house
from tokdesk.programs import gunicorn
from tokdesk.tests.servers import free_port
from tokdesk.tests.waiting import wait_until

CLIENTS = 8
TARGET_MEAN_MS = 200
LEAST_RATIO = 2.5
# An access token lives for five minutes; the whole run must fit into it.
SECONDS, SHORT_SECONDS = 8.0, 1.0
EXPRESS = Path(__file__).parent / "http_express"

Ask = Callable[[random.Random], tuple[str, str, Any]]


@dataclass(frozen=True)
class Figures:
    mean: float
    p99: float
    rate: float
    failures: int


def measure(port: int, access: str, ask: Ask, seconds: float) -> Figures:
    """Milliseconds of eight clients that ask again as soon as they are answered."""
    times: list[float] = []
    failures: list[str] = []
    deadline = time.monotonic() + seconds

    def run(number: int) -> None:
        chance = random.Random(number)  # noqa: S311  # the same in every run
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Authorization": f"Bearer {access}", "Content-Type": "application/json"}
        while time.monotonic() < deadline:
            method, path, body = ask(chance)
            started = time.perf_counter()
            connection.request(method, path, body and json.dumps(body), headers)
            response = connection.getresponse()
            told = response.read()
            times.append(1000 * (time.perf_counter() - started))
            if response.status >= 300:
                failures.append(f"{response.status} {told[:200]!r}")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures[:3]:
        tell(f"    {failure}")
    times.sort()
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    return Figures(statistics.mean(times), p99, len(times) / seconds, len(failures))


def endpoints(ids: list[str]) -> dict[str, Ask]:
    def at(rest: str) -> Ask:
        return lambda chance: ("GET", f"/api/v1/conversations/{chance.choice(ids)}/{rest}", None)

    def get(path: str) -> Ask:
        return lambda chance: ("GET", f"/api/v1/{path}", None)

    def send(chance: random.Random) -> tuple[str, str, Any]:
        body = {"client_id": str(uuid4()), "body": "One more **message**."}
        return "POST", f"/api/v1/conversations/{chance.choice(ids)}/messages/", body

    def read(chance: random.Random) -> tuple[str, str, Any]:
        return "POST", f"/api/v1/conversations/{chance.choice(ids)}/read/", {"seq": 2**50}

    return {
        "list of 25": get("conversations/"),
        "list, open and mine": get("conversations/?status=open&assignee=me"),
        "search": get("conversations/?q=printer"),
        "counts": get("conversations/counts/"),
        "one conversation": at(""),
        "newest messages": at("messages/"),
        "messages before": at("messages/?before=8"),
        "events after": at("events/?after=2"),
        "send": send,
        "read": read,
    }


def prepare(made: House, conversations: int, messages: int) -> dict[str, Any]:
    words = ("-m", "bench.http_data", str(conversations), str(messages), "rebuild_search")
    told: dict[str, Any] = json.loads(made.run(*words).splitlines()[-1])
    return told


@contextlib.contextmanager
def serving(made: House, name: str, command: list[str], port: int, path: str) -> Iterator[None]:
    environment = made.environment
    if name == "plain":
        environment = {**environment, "DJANGO_SETTINGS_MODULE": "bench.plain_settings"}
    log = Path(environment["TOKDESK_DATA"]) / f"{name}.log"
    process = Process(name, command, environment, log)
    process.start()
    try:
        wait_until(lambda: answers(port, path), seconds=60, on_timeout=process.tail)
        yield
    finally:
        process.end()


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def express(made: House, port: int, company: str) -> list[str]:
    """Raises bullmq.NotRun: no node, or no packages."""
    folder = bullmq.install(EXPRESS, "tokdesk-bench-express")
    host = made.cluster.url.rpartition("host=")[2]
    return ["node", str(folder / "bench.js"), host, str(port), company]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    seconds = SHORT_SECONDS if options.short else SECONDS
    size = (400, 5) if options.short else (20_000, 10)
    with house() as made:
        told = prepare(made, *size)
        tell(f"{machine()}, {size[0]:,} conversations, {size[0] * size[1]:,} messages, 8 clients")
        faults = list(compare(made, told, seconds))
    tell("\n".join(faults) or "every target is met")
    return 1 if faults else 0


def compare(made: House, told: dict[str, Any], seconds: float) -> Iterator[str]:
    port = made.ports[0]
    with serving(made, "ours", gunicorn(port), port, "/readyz"):
        found = {
            name: measure(port, told["agent"], ask, seconds)
            for name, ask in endpoints(told["conversations"]).items()
        }
        ours = measure(port, told["admin"], endpoints([])["list of 25"], seconds)
    for name, figures in found.items():
        show(name, figures)
        if figures.failures:
            yield f"{name}: {figures.failures} failures"
    mean = statistics.mean(figures.mean for figures in found.values())
    tell(f"  {'mean of the ten':<32}{mean:7.1f} ms")
    if mean >= TARGET_MEAN_MS:
        yield f"mean {mean:.0f} ms"
    show("list of 25, as admin", ours)
    port = free_port()
    with serving(made, "plain", gunicorn(port), port, "/conversations/"):
        ask: Ask = lambda chance: ("GET", "/conversations/", None)  # noqa: E731
        beside = measure(port, told["plain"], ask, seconds)
    show("plain view, select_related", beside)
    ratio = ours.rate / beside.rate
    tell(f"  {'ours to the plain view':<32}{ratio:7.2f} times")
    if ratio < LEAST_RATIO:
        yield f"the list is {ratio:.2f} times the plain view, not {LEAST_RATIO}"
    try:
        port = free_port()
        command = express(made, port, told["company"])
        with serving(made, "express", command, port, "/conversations/"):
            show("Express with pg", measure(port, "", ask, seconds))
    except bullmq.NotRun as problem:
        tell(f"  Express NOT run: {problem}")


def show(name: str, figures: Figures) -> None:
    tell(
        f"  {name:<32}mean {figures.mean:7.1f} ms, p99 {figures.p99:7.1f} ms, {figures.rate:7.1f}/s"
    )


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
