"""Start a whole desk in the foreground: Redis, tables, demo data, web server, worker, clock."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tokdesk import embedded, programs
from tokdesk.datafolder import DataFolder, InUse
from tokdesk.supervisor import ChildFailed, Program, Stopped, Supervisor

REDIS_SECONDS, WEB_SECONDS, WORKER_SECONDS = 30, 90, 60
PROBLEMS = (InUse, programs.PortTaken, embedded.NoServer, ChildFailed)
WELCOME = """
  TokDesk is ready. Ctrl+C stops it.

    Site         {base}/
    API          {base}/api/docs/
    Staff site   {base}/admin/
    Mail sent    {base}/dev/mail/
    Data, logs   {data}

  Sign in with the password tokdesk-demo as
    super@tokdesk.example          SuperAdmin of the platform
    admin@acme.example             and manager@ agent@ agent2@ customer@ of Acme
    admin@globex.example           and manager@ agent@ agent2@ customer@ of Globex
    admin@umbrella.example         Umbrella, which waits for approval

  Begin here: be customer and agent in two windows
    {base}/try/
"""


class Command(BaseCommand):
    help = "Start a whole desk with demo data in the foreground; Ctrl+C stops everything."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.folder = DataFolder(settings.DATA_DIR)
        self.base = f"http://{programs.HOST}:{settings.PORT}"
        try:
            self.run_desk()
        except Stopped:
            pass
        except PROBLEMS as problem:
            self.write(f"\n{problem}", to=self.stderr)
            raise SystemExit(1) from None
        self.write("\n  Stopped.")

    def run_desk(self) -> None:
        supervisor = Supervisor(folder=self.folder, cwd=settings.BASE_DIR, tell=self.tell)
        with self.held_data(), self.redis_url() as url, supervisor:
            self.start_redis(supervisor, url)
            self.prepare_data(supervisor)
            self.start_parts(supervisor, url)
            self.write(WELCOME.format(base=self.base, data=self.folder.path))
            supervisor.watch()

    @contextlib.contextmanager
    def held_data(self) -> Iterator[None]:
        self.folder.create()
        with self.folder.lock(self.base):
            programs.check_port(settings.PORT)
            embedded.clear_leftovers(self.folder)
            yield

    @contextlib.contextmanager
    def redis_url(self) -> Iterator[str]:
        """The configured server, or a place for one of our own that goes away with the desk."""
        if settings.REDIS_URL:
            yield settings.REDIS_URL
            return
        place = embedded.make_socket_folder()
        try:
            url = f"unix://{place / 'redis.sock'}"
            self.folder.note_redis(url)
            yield url
        finally:
            self.folder.forget_redis()
            shutil.rmtree(place, ignore_errors=True)

    def start_redis(self, supervisor: Supervisor, url: str) -> None:
        supervisor.environment |= {"REDIS_URL": url, "TOKDESK_DATA": str(self.folder.path)}
        if settings.REDIS_URL:
            embedded.expect_answer(url)
            self.tell("redis", "the one REDIS_URL names")
            return
        program = embedded.server_program(url=url, data=self.folder.redis)
        supervisor.start(program)
        supervisor.wait_until(program, lambda: embedded.answers(url), REDIS_SECONDS)
        self.tell("redis", f"{embedded.describe(program)}, private to this desk")

    def prepare_data(self, supervisor: Supervisor) -> None:
        migrated = self.timed(supervisor, programs.manage("migrate", "--no-input"))
        self.tell("tables", f"{self.count_applied(migrated[0])}, {migrated[1]:.1f} s")
        seeded = self.timed(supervisor, programs.manage("seed_demo", "--scale", "small"))
        self.tell("demo data", f"there, {seeded[1]:.1f} s")

    def start_parts(self, supervisor: Supervisor, url: str) -> None:
        """All at once, since most of a start is loading Python; then wait for each."""
        started, since = time.monotonic(), time.time()
        web, worker = programs.web(port=settings.PORT), programs.worker()
        for program in (web, worker, programs.beat()):
            supervisor.start(program)
        supervisor.wait_until(
            web, lambda: programs.answers_ok(settings.PORT, "/readyz"), WEB_SECONDS
        )
        self.tell("web server", f"{self.base}, {time.monotonic() - started:.1f} s")
        supervisor.wait_until(worker, lambda: embedded.worker_was_seen(url, since), WORKER_SECONDS)
        self.tell("worker", f"takes jobs, {time.monotonic() - started:.1f} s")

    def timed(self, supervisor: Supervisor, program: Program) -> tuple[str, float]:
        started = time.monotonic()
        return supervisor.run(program), time.monotonic() - started

    def count_applied(self, output: str) -> str:
        applied = output.count("... OK")
        return f"{applied} migrations applied" if applied else "up to date"

    def tell(self, step: str, message: str) -> None:
        self.write(f"  {step:<12}{message}")

    def write(self, text: str, to: Any = None) -> None:
        """A terminal that went away must not keep the children from being stopped."""
        stream = to or self.stdout
        with contextlib.suppress(OSError):
            stream.write(text)
            stream.flush()
