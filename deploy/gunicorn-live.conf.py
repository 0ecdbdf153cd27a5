"""Sockets in production: one event loop a process, and no limit of requests, for sockets stay."""

import os

bind = os.environ.get("LIVE_BIND", "127.0.0.1:8001")
worker_class = "tokdesk.servers.uvicorn.LiveWorker"
workers = int(os.environ.get("LIVE_CONCURRENCY", "1"))
# Of a loop that does not answer any more; a worker tells its sockets before it goes.
timeout = 60
graceful_timeout = 15
# Workers are told by signals; its command socket would be one for all servers of an account.
control_socket_disable = True
# Gunicorn's heartbeat file must not wait for a disk; it makes its own in there.
SHARED_MEMORY = "/dev/shm"  # noqa: S108
worker_tmp_dir = SHARED_MEMORY if os.path.isdir(SHARED_MEMORY) else None
