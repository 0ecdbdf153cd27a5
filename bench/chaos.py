"""Kill every part under live talk, and look whether anybody missed, or was shown twice, a thing.

`python -m bench.chaos [kills|cuts|hints|redis] [--database mongodb] [--short] [--seed N]`

kills   web servers, worker, Redis and the database die under senders and readers (R1); of three
        MongoDBs the primary, which also steps down
cuts    sockets are cut at random under talk, and at last all of them at once (R3)
hints   a tenth of the hints is dropped, and Redis is wiped (R4)
redis   Redis is gone for a while (R8)
"""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import redis

from bench.chaos_house import Database, Desk, chaos_desk
from bench.client import Client
from bench.client_outbox import Outgoing
from bench.client_rest import Rest
from bench.cluster import cluster
from bench.desk import machine
from bench.mongoset import mongoset
from bench.rest_chaos import tell

DATABASES: dict[str, Database] = {"postgresql": cluster, "mongodb": mongoset}
PATIENCE_SECONDS = 180.0
CUTS_PER_SECOND = 15


@dataclass(frozen=True)
class Size:
    sends: int
    senders: int
    readers: int
    conversations: int
    blows: int
    seconds: float
    # How soon everybody must be as new as the database, once all parts are there again.
    settle_seconds: float


SIZES = {
    ("kills", False): Size(20_000, 8, 40, 10, blows=21, seconds=240, settle_seconds=5),
    ("kills", True): Size(240, 4, 8, 3, blows=4, seconds=12, settle_seconds=5),
    ("cuts", False): Size(4_000, 8, 500, 10, blows=0, seconds=120, settle_seconds=5),
    ("cuts", True): Size(200, 4, 24, 3, blows=0, seconds=8, settle_seconds=5),
    ("hints", False): Size(4_000, 8, 40, 10, blows=3, seconds=60, settle_seconds=15),
    ("hints", True): Size(200, 4, 8, 3, blows=1, seconds=6, settle_seconds=15),
    ("redis", False): Size(4_000, 8, 40, 10, blows=1, seconds=90, settle_seconds=10),
    ("redis", True): Size(200, 4, 8, 3, blows=1, seconds=20, settle_seconds=10),
}


@dataclass
class Run:
    """What is under way: who talks, who listens, and what was found."""

    desk: Desk
    size: Size
    chance: random.Random
    readers: list[Client] = field(default_factory=list)
    senders: list[Client] = field(default_factory=list)
    acks: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    settled_seconds: float = 0.0
    is_talking: bool = True

    # People

    async def gather(self) -> None:
        for number in range(self.size.readers):
            # A customer among each ten reads in a numbering without notes.
            is_customer = number % 10 == 9 and number < 80
            people = len(self.desk.access) - self.size.senders
            rest = self.desk.as_customer() if is_customer else self.desk.person(number % people)
            self.readers.append(self.listen(rest))
        for number in range(self.size.senders):
            person = self.desk.person(len(self.desk.access) - 1 - number)
            self.senders.append(self.listen(person))
        for client in self.everybody():
            client.start()
        ready = await self.all_of(lambda client: client.is_resumed, PATIENCE_SECONDS)
        if not ready:
            raise RuntimeError(f"not all came in: {self.desk.tails()}")

    def everybody(self) -> list[Client]:
        return [*self.readers, *self.senders]

    def listen(self, rest: Rest) -> Client:
        client = self.desk.client(rest)
        for conversation in self.desk.conversations:
            client.follow(conversation, seq=0)
        return client

    async def all_of(self, condition: Callable[[Client], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not all(condition(client) for client in self.everybody()):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    # Talk

    async def talk(self) -> None:
        """Half of the senders speak over their sockets, half by REST; each waits for its ack."""
        each = self.size.sends // self.size.senders
        ways = [self.over_socket, self.by_rest]
        await asyncio.gather(
            *(ways[n % 2](client, n, each) for n, client in enumerate(self.senders))
        )
        self.is_talking = False

    async def over_socket(self, client: Client, number: int, count: int) -> None:
        for sent in range(count):
            conversation = self.chance.choice(self.desk.conversations)
            message: Outgoing = client.send(conversation, f"Socket {number} says {sent}")
            await asyncio.wait_for(message.done.wait(), PATIENCE_SECONDS)
            if message.ack is None:
                self.faults.append(f"refused: {message.refusal}")
            else:
                self.acks[message.client_id] = message.ack["id"]

    async def by_rest(self, client: Client, number: int, count: int) -> None:
        for sent in range(count):
            conversation = self.chance.choice(self.desk.conversations)
            body = {"client_id": str(random_uuid(self.chance)), "body": f"REST {number}: {sent}"}
            deadline = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < deadline:
                path = f"conversations/{conversation}/messages/"
                answer = await client.rest.ask("POST", path, body)
                if answer.is_good:
                    self.acks[body["client_id"]] = answer.body["id"]
                    break
                if answer.status not in (0, 401, 503):
                    self.faults.append(f"{answer.status} {answer.body}")
                    break
                await asyncio.sleep(self.chance.uniform(0, 0.2))
            else:
                self.faults.append(f"{body['client_id']} was never acknowledged")

    # Blows

    async def kills(self) -> None:
        kinds = ["web", "web", "database", "redis", "worker", "web", "database"]
        blows = [kinds[number % len(kinds)] for number in range(self.size.blows)]
        self.chance.shuffle(blows)
        for blow in blows:
            await asyncio.sleep(self.size.seconds / len(blows) * self.chance.uniform(0.4, 1.6))
            tell(f"{blow} is struck")
            await asyncio.to_thread(self.strike, blow)

    def strike(self, blow: str) -> None:
        desk = self.desk
        if blow == "database":
            tell(f"  it was {desk.cluster.strike()}")
        elif blow == "redis":
            desk.redis.kill()
            desk.start_redis()
        else:
            process = desk.worker if blow == "worker" else self.chance.choice(desk.webs)
            process.kill()
            process.start()

    async def cuts(self) -> None:
        """At random, so many in all: a storm that never ends would only show that nobody talks."""
        share = min(0.05, CUTS_PER_SECOND * 0.1 / len(self.everybody()))
        while self.is_talking:
            await asyncio.sleep(0.1)
            for client in self.everybody():
                if self.chance.random() < share:
                    client.cut()

    async def hints(self) -> None:
        for _ in range(self.size.blows):
            await asyncio.sleep(self.size.seconds / (self.size.blows + 1))
            tell("Redis wiped")
            await asyncio.to_thread(redis.Redis.from_url(self.desk.redis_url).flushall)

    async def redis(self) -> None:
        await asyncio.sleep(self.size.seconds * 0.2)
        tell("Redis gone")
        await asyncio.to_thread(self.desk.redis.kill)
        gone = min(30.0, self.size.seconds * 0.4)
        await asyncio.sleep(gone)
        await asyncio.to_thread(self.desk.start_redis)
        tell(f"Redis back after {gone:.0f} s")

    # The end

    async def last_blow(self, kind: str) -> None:
        """What everybody has to come back from, when all has been said."""
        if kind == "kills":
            for blow in ("redis", "web", "web"):
                await asyncio.to_thread(self.strike, blow)
        if kind == "cuts":
            for client in self.everybody():
                client.cut()
        await self.desk.answering()

    async def settle(self) -> None:
        """How long it takes until everybody is as new as the database."""
        began = time.monotonic()
        heads = await asyncio.to_thread(self.desk.cluster.heads)
        done = await self.all_of(lambda client: self.is_new(client, heads), 60)
        self.settled_seconds = time.monotonic() - began
        if not done:
            late = [
                client.rest.email for client in self.everybody() if not self.is_new(client, heads)
            ]
            self.faults.append(f"not all became as new as the database: {late[:5]}")
        elif self.settled_seconds > self.size.settle_seconds:
            self.faults.append(f"settled only after {self.settled_seconds:.1f} s")

    def is_new(self, client: Client, heads: dict[str, tuple[int, int]]) -> bool:
        place = 1 if is_customer(client) else 0
        return all(client.logs[each].seq == heads[each][place] for each in client.logs)

    def compare(self) -> None:
        """Everybody saw the same, in the same order, and all that was acknowledged."""
        for client in self.everybody():
            self.faults += client.faults()
        for conversation in self.desk.conversations:
            logs = [c.logs[conversation] for c in self.everybody()]
            orders = {tuple(log.messages()) for log in logs}
            if len(orders) != 1:
                self.faults.append(f"{conversation}: {len(orders)} different orders")
        shown = {message for log in self.readers[0].logs.values() for message in log.messages()}
        lost = [message for message in self.acks.values() if message not in shown]
        if lost:
            self.faults.append(f"{len(lost)} acknowledged messages were shown to nobody")
        stored, distinct = self.desk.cluster.stored(self.acks.keys())
        if (stored, distinct) != (len(self.acks), len(self.acks)):
            self.faults.append(f"{stored} rows for {len(self.acks)} acknowledged messages")
        report = self.desk.run("manage.py", "check_log", "--json")
        if '"faults": []' not in report:
            self.faults.append(f"the log has faults: {report[:500]}")


def is_customer(client: Client) -> bool:
    return client.rest.email.startswith("customer")


def random_uuid(chance: random.Random) -> str:
    words = f"{chance.getrandbits(128):032x}"
    return f"{words[:8]}-{words[8:12]}-4{words[13:16]}-8{words[17:20]}-{words[20:]}"


async def shake(kind: str, size: Size, seed: int, desk: Desk) -> Run:
    run = Run(desk, size, random.Random(seed))  # noqa: S311  # to be repeated by its seed
    await run.gather()
    began = time.monotonic()
    blows = asyncio.create_task(getattr(run, kind)())
    await run.talk()
    await blows
    tell(f"said {len(run.acks)} in {time.monotonic() - began:.0f} s")
    await run.last_blow(kind)
    await run.settle()
    await asyncio.to_thread(run.compare)
    for client in run.everybody():
        await client.close()
    return run


def prove(kind: str, size: Size, seed: int, database: Database = cluster) -> list[str]:
    """The faults that were found."""
    people = size.senders + min(size.readers, 100)
    with chaos_desk(database, hint_loss=10 if kind == "hints" else 0) as desk:
        desk.prepare(people, size.conversations)
        desk.start()
        try:
            run = asyncio.run(shake(kind, size, seed, desk))
        except BaseException:
            tell(desk.tails())
            raise
    clients = run.everybody()
    tell(
        f"{len(run.acks)} acknowledged, {sum(c.connections for c in clients)} connections,"
        f" {sum(c.counters.resent for c in clients)} resent,"
        f" {sum(c.counters.asked for c in clients)} asked again,"
        f" {sum(c.counters.resyncs for c in clients)} resyncs,"
        f" settled after {run.settled_seconds:.2f} s"
    )
    return run.faults


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", nargs="?", choices=["kills", "cuts", "hints", "redis"])
    parser.add_argument("--database", choices=DATABASES, default="postgresql")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    found: list[str] = []
    for kind in [options.kind] if options.kind else ["kills", "cuts", "hints", "redis"]:
        size = SIZES[kind, options.short]
        tell(f"{kind}: {machine()}, seed {options.seed}, {size}")
        faults = prove(kind, size, options.seed, DATABASES[options.database])
        tell("\n".join(faults) or "nothing lost, nothing doubled, one order for everybody")
        found += faults
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
