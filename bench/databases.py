"""SQLite, PostgreSQL and MongoDB side by side: the main reads and writes of one agent.

`python -m bench.databases [--conversations N] [--times N]` prints the median and the 95th
percentile of each in milliseconds. All three sync each commit. One client asks, so this tells what
a question costs, not how many a server bears.
"""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles

from bench.cluster import cluster
from bench.desk import machine
from bench.processes import ROOT
from bench.rest_chaos import tell, variables
from tokdesk.tests import servers

MESSAGES = 10
Figures = dict[str, list[float]]


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'desk.sqlite3'}"


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    with cluster() as made:
        yield made.url


@contextlib.contextmanager
def mongodb(folder: Path) -> Iterator[str]:
    with servers.temporary_mongodb() as url:
        yield url


Database = Callable[[Path], contextlib.AbstractContextManager[str]]
DATABASES: dict[str, Database] = {"SQLite": sqlite, "PostgreSQL": postgresql, "MongoDB": mongodb}


def measure(opened: Database, conversations: int, times: int) -> Figures:
    folder = Path(tempfile.mkdtemp(prefix="tokdesk-bench-"))
    try:
        with opened(folder) as url:
            environment = variables(folder, url)

            def run(*words: str) -> str:
                done = subprocess.run(
                    [sys.executable, "-m", *words],
                    cwd=ROOT,
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if done.returncode:
                    raise RuntimeError(f"{words[0]} failed:\n{done.stdout}\n{done.stderr}")
                return done.stdout.splitlines()[-1]

            told = run("bench.http_data", str(conversations), str(MESSAGES), "rebuild_search")
            found: Figures = json.loads(run("bench.databases_asked", told, str(times)))
            return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--conversations", type=int, default=5000)
    parser.add_argument("--times", type=int, default=60)
    options = parser.parse_args()
    tell(f"{machine()}, {options.conversations} conversations of {MESSAGES} messages")
    found = {}
    for name, opened in DATABASES.items():
        found[name] = measure(opened, options.conversations, options.times)
        tell(f"{name} asked")
    tell(f"{'p50 / p95 in ms':<24}" + "".join(f"{name:>18}" for name in found))
    for case in found["SQLite"]:
        cells = [shown(each[case]) for each in found.values()]
        tell(f"{case:<24}" + "".join(f"{cell:>18}" for cell in cells))
    return 0


def shown(seconds: list[float]) -> str:
    cuts = quantiles(seconds, n=20)
    return f"{1000 * cuts[9]:.1f} / {1000 * cuts[18]:.1f}"


if __name__ == "__main__":
    sys.exit(main())
