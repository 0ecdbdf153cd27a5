"""What a running desk keeps in its data folder: who holds it, where its Redis is, the logs."""

import fcntl
import os
from pathlib import Path
from typing import IO

LOG_BYTES = 10 * 1024 * 1024


class InUse(Exception):
    """Another desk runs on this data; the message says where."""


class DataFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.run = path / "run"
        self.log = path / "log"
        self.redis = path / "redis"
        self.lock_path = self.run / "quickstart.lock"
        self.redis_url_path = self.run / "redis.url"

    def create(self) -> None:
        for folder in (self.path, self.run, self.log, self.redis):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def lock(self, address: str) -> IO[str]:
        """Hold the data until the returned file is closed; the kernel lets go even after a crash.

        Raises:
            InUse: somebody else holds it.
        """
        file = self.lock_path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with file:
                raise self._in_use(file) from None
        file.truncate(0)
        file.write(address)
        file.flush()
        return file

    def _in_use(self, file: IO[str]) -> InUse:
        file.seek(0)
        return InUse(
            f"TokDesk already runs on the data in {self.path}: {file.read().strip()}\n"
            "Stop it with Ctrl+C where it was started, or start a second one beside it on other "
            "data:\nTOKDESK_DATA=var2 PORT=8001 make run"
        )

    def redis_url(self) -> str:
        """Where the embedded Redis of the running desk listens; empty when none runs."""
        if not self.redis_url_path.is_file():
            return ""
        return self.redis_url_path.read_text(encoding="utf-8").strip()

    def note_redis(self, url: str) -> None:
        self.redis_url_path.write_text(url, encoding="utf-8")

    def forget_redis(self) -> None:
        self.redis_url_path.unlink(missing_ok=True)

    def open_log(self, name: str) -> IO[bytes]:
        """The part's log, appended; the one before is kept when it has grown too long."""
        path = self.log / f"{name}.log"
        if path.is_file() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")

    def log_tail(self, name: str, lines: int = 20) -> str:
        path = self.log / f"{name}.log"
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 32 * 1024))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
