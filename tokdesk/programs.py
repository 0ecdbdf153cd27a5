"""The processes of one desk on one machine; `make run` starts them all, `make web` one of them."""

import errno
import http.client
import os
import socket
import sys
from pathlib import Path

from tokdesk.common.queues import Queue
from tokdesk.supervisor import Program

HOST = "127.0.0.1"
WORKER_THREADS = 4
DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
GUNICORN, GUNICORN_LIVE = DEPLOY / "gunicorn.conf.py", DEPLOY / "gunicorn-live.conf.py"


class PortTaken(Exception):
    """The message says which port and what to do."""


def daphne(port: int, *options: str) -> list[str]:
    server = [sys.executable, "-m", "daphne", "-b", HOST, "-p", str(port), "--no-server-name"]
    return [*server, *options, "tokdesk.asgi:application"]


def gunicorn(port: int, *options: str) -> list[str]:
    """HTTP as in production."""
    server = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), "-b", f"{HOST}:{port}"]
    return [*server, *options, "tokdesk.wsgi:application"]


def live(port: int, *options: str) -> list[str]:
    """Sockets as in production."""
    server = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN_LIVE)]
    return [*server, "-b", f"{HOST}:{port}", *options, "tokdesk.asgi:application"]


def web(*, port: int) -> Program:
    """Daphne's access log would hold the query, and with it the token of each mailed link."""
    return Program("web", daphne(port, "--access-log", os.devnull))


def celery(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "tokdesk.celery", *words]


def worker() -> Program:
    """Threads: one process for the whole demo. In production each queue may have its own workers.

    The three that are left out let workers watch each other; the job table needs none of it.
    """
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    queues = ("--queues", ",".join(Queue))
    size = ("--pool", "threads", "--concurrency", str(WORKER_THREADS))
    return Program("worker", celery("worker", *size, *queues, *quiet, "--loglevel", "INFO"))


def beat() -> Program:
    return Program("beat", celery("beat", "--pidfile", "", "--loglevel", "WARNING"))


def manage(name: str, *words: str) -> Program:
    """A management command that runs to its end."""
    return Program(name, [sys.executable, "manage.py", name, *words])


def check_port(port: int) -> None:
    """Find out now rather than from a web server that dies later.

    Raises:
        PortTaken: something listens there, or the port is not ours to take.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(explain(port, error)) from error


def explain(port: int, error: OSError) -> str:
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the administrator. Choose another: PORT=8080 make run"
    return (
        f"Port {port} is busy: another program listens on it.\n"
        f"Stop that one, or choose another port: PORT={port % 65535 + 1} make run"
    )


def answers_ok(port: int, path: str) -> bool:
    """Whether a GET is answered by 200; never through a proxy of the environment."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
