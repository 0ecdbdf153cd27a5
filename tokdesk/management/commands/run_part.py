"""Run one part of a desk in the foreground, beside a running `make run` or on another Redis."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tokdesk import embedded, programs
from tokdesk.datafolder import DataFolder


class Command(BaseCommand):
    help = "Run one part in the foreground with the variables of `make run`; seeds nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", choices=["web", "worker", "beat"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            command = self.command_of(options["part"])
            url = self.find_redis(DataFolder(settings.DATA_DIR))
        except (programs.PortTaken, embedded.NoServer) as problem:
            self.stderr.write(f"\n{problem}")
            raise SystemExit(1) from None
        self.become(command, url)

    def command_of(self, part: str) -> list[str]:
        """Raises PortTaken."""
        if part == "web":
            programs.check_port(settings.PORT)
            return programs.web(port=settings.PORT).command
        return {"worker": programs.worker, "beat": programs.beat}[part]().command

    def find_redis(self, folder: DataFolder) -> str:
        """The configured server, else the one of the desk that runs on this data.

        Raises:
            NoServer: neither answers.
        """
        url = settings.REDIS_URL or folder.redis_url()
        if not url:
            raise embedded.NoServer(
                f"No desk runs on {folder.path}. Start one there first (make run),\n"
                "or name a Redis: REDIS_URL=redis://127.0.0.1:6379/0"
            )
        embedded.expect_answer(url)
        return url

    def become(self, command: list[str], redis_url: str) -> None:
        """Replace this process, so that signals and the exit code need no passing on."""
        environment = {"REDIS_URL": redis_url, "TOKDESK_DATA": str(settings.DATA_DIR)}
        os.chdir(settings.BASE_DIR)
        os.execve(sys.executable, command, {**os.environ, **environment})
