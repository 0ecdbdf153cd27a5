"""Run the same measurements with BullMQ on the same Redis, where there is node and a registry."""

import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from bench.desk import Desk

SOURCE = Path(__file__).parent / "jobs_bullmq"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))


class NotRun(Exception):
    """BullMQ cannot be had here; the message says why."""


def install(source: Path = SOURCE, name: str = "tokdesk-bench-bullmq") -> Path:
    """The folder with the script and its packages; fetched once, kept in the user's cache."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise NotRun("no node or npm on PATH")
    folder = CACHE / name
    folder.mkdir(parents=True, exist_ok=True)
    for each in ("package.json", "bench.js"):
        shutil.copy(source / each, folder / each)
    words = ["npm", "install", "--no-audit", "--no-fund", "--loglevel", "error"]
    try:
        result = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, timeout=180, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise NotRun("npm install took more than 180 s") from slow
    if result.returncode != 0:
        raise NotRun((result.stderr.strip().splitlines() or ["npm install failed"])[0])
    return folder


def run(folder: Path, own: Desk, *words: str) -> dict[str, float]:
    result = subprocess.run(
        ["node", "bench.js", str(own.redis_port), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if result.returncode != 0:
        raise NotRun((result.stderr.strip().splitlines() or ["node failed"])[-1])
    found: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return found


def measure(own: Desk, rounds: int, seconds: int, backlog: int) -> None:
    try:
        folder = install()
        for rate in (20, 50):
            words = ("pace", str(rate), str(rate * seconds))
            found = [run(folder, own, *words) for _ in range(rounds)]
            p50, p99 = (statistics.median(each[name] for each in found) for name in ("p50", "p99"))
            say(
                f"BullMQ, enqueue to processor at {rate}/s", f"p50 {p50:5.1f} ms, p99 {p99:5.1f} ms"
            )
        for concurrency in (1, 50):
            words = ("drain", str(concurrency), str(backlog))
            rate = statistics.median(run(folder, own, *words)["rate"] for _ in range(rounds))
            say(f"BullMQ, {backlog:,} no-op jobs, concurrency {concurrency}", f"{rate:,.0f} jobs/s")
    except NotRun as problem:
        say("BullMQ NOT run:", str(problem))


def say(name: str, value: str) -> None:
    sys.stdout.write(f"  {name:<44}{value}\n")
    sys.stdout.flush()
