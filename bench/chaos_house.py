"""A desk that may die in every part: database, Redis, worker, and two web servers of both kinds."""

import asyncio
import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.client import Client
from bench.client_rest import Rest
from bench.cluster import Cluster, cluster
from bench.mongoset import MongoSet
from bench.processes import Process
from bench.rest_chaos import PASSWORD, House, variables
from tokdesk import embedded, programs
from tokdesk.tests.servers import free_port
from tokdesk.tests.waiting import wait_until

PREPARE = """
import django, json
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from conftest import make_world
from accounts.tests.factories import access_of, make_member
from conversations.tests.factories import make_conversation
from departments.models import DepartmentMember
from tokdesk.common.tenancy import company_scope
acme = make_world("acme")
people = []
for number in range({people}):
    member = make_member(acme.company, "agent", f"person{{number}}@acme.example")
    with company_scope(acme.company.id):
        DepartmentMember.objects.create(
            company=acme.company, department=acme.support, member=member
        )
    people.append(access_of(member))
made = [make_conversation(acme.customer, "Begin") for _ in range({conversations})]
print(json.dumps({{
    "people": people, "customer": access_of(acme.customer),
    "conversations": [str(each.pk) for each in made],
}}))
"""


Database = Callable[[], contextlib.AbstractContextManager["Cluster | MongoSet"]]


@dataclass
class Desk(House):
    """`webs` serve HTTP and sockets alike: Daphne, and gunicorn with uvicorn."""

    redis: Process
    worker: Process
    redis_url: str
    conversations: list[str] = field(default_factory=list)
    access: list[str] = field(default_factory=list)
    customer: str = ""

    def prepare(self, people: int, conversations: int) -> None:
        words = PREPARE.format(people=people, conversations=conversations)
        told = json.loads(self.run("-c", words).splitlines()[-1])
        self.conversations, self.access = told["conversations"], told["people"]
        self.customer = told["customer"]

    def start(self) -> None:
        self.start_redis()
        self.worker.start()
        self.begin()

    def start_redis(self) -> None:
        self.redis.start()
        wait_until(
            partial(embedded.answers, self.redis_url), seconds=20, on_timeout=self.redis.tail
        )

    async def answering(self) -> None:
        """Until both web servers answer again."""
        await asyncio.to_thread(self._wait_for_webs)

    def _wait_for_webs(self) -> None:
        for port in self.ports:
            wait_until(
                partial(programs.answers_ok, port, "/readyz"), seconds=60, on_timeout=self.tails
            )

    def person(self, number: int) -> Rest:
        email = f"person{number}@acme.example"
        return Rest(self.ports, email, PASSWORD, self.access[number])

    def as_customer(self) -> Rest:
        return Rest(self.ports, "customer@acme.example", PASSWORD, self.customer)

    def client(self, rest: Rest) -> Client:
        """One that comes back soon: what is measured is the desk, not its patience."""
        return Client(rest, self.ports, cap=1.5, patience=8.0, paced=False)


@contextlib.contextmanager
def chaos_desk(make_database: Database = cluster, hint_loss: int = 0) -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(make_database())
        folder = Path(tempfile.mkdtemp(prefix="tokdesk-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        redis_port, ports = free_port(), [free_port(), free_port()]
        redis_url = f"redis://127.0.0.1:{redis_port}/0"
        environment = {
            **variables(folder, database.url),
            "REDIS_URL": redis_url,
            "TOKDESK_LIVE_HINT_LOSS": str(hint_loss),
        }
        commands = [programs.daphne(ports[0]), programs.live(ports[1])]
        webs = [
            Process(f"web-{number}", command, dict(environment), folder / f"web-{number}.log")
            for number, command in enumerate(commands)
        ]
        redis = Process("redis", redis_command(redis_port, folder), environment, folder / "r.log")
        worker = Process("worker", programs.worker().command, environment, folder / "w.log")
        for each in (redis, worker, *webs):
            stack.callback(each.end)
        yield Desk(database, webs, ports, environment, redis, worker, redis_url)


def redis_command(port: int, folder: Path) -> list[str]:
    """Nothing of it survives a kill."""
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(folder),
        "appendonly": "no",
        "save": "",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [embedded.find_server(), *words]
