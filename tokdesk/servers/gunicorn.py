"""Gunicorn's threads, with its HTML pages for broken requests replaced by problems."""

from socket import socket

from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from tokdesk.servers.refusals import raw_answer


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """For `worker_class`."""

    def init_process(self) -> None:
        util.write_error = write_problem
        super().init_process()


def write_problem(client: socket, status: int, reason: str, message: str) -> None:
    """In the place of gunicorn's `write_error`; the message repeats the request and stays out."""
    util.write_nonblock(client, raw_answer(status))
