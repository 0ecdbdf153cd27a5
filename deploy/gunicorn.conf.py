"""HTTP in production: threads, since a request mostly waits for the database."""

import os

bind = os.environ.get("GUNICORN_BIND", "127.0.0.1:8000")
# Threads that answer requests HTTP itself cannot read as problems too.
worker_class = "tokdesk.servers.gunicorn.ProblemWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
# Longer than PostgreSQL's own statement limit, so the database gives up first.
timeout = 60
# No header says under which path we are served.
forwarder_headers = ""
graceful_timeout = 30
keepalive = 65
# A worker is replaced now and then; the jitter keeps them from going all at once.
max_requests = 5000
max_requests_jitter = 500
# Workers are told by signals; its command socket would be one for all servers of an account.
control_socket_disable = True
# Gunicorn's heartbeat file must not wait for a disk; it makes its own in there.
SHARED_MEMORY = "/dev/shm"  # noqa: S108
worker_tmp_dir = SHARED_MEMORY if os.path.isdir(SHARED_MEMORY) else None
