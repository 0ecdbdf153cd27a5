"""Jobs: where the broker is and how Celery behaves. The job table is the queue of record.

The broker only wakes workers, so it may lose everything; and no message is held longer than needed.
"""

from django.core.exceptions import ImproperlyConfigured

from tokdesk import env
from tokdesk.common.queues import Queue
from tokdesk.settings.base import DATA_DIR
from tokdesk.settings.redis import REDIS_URL

_url = env.url("CELERY_BROKER_URL", REDIS_URL, {"redis", "rediss", "unix"})
if _url and not REDIS_URL:
    raise ImproperlyConfigured("CELERY_BROKER_URL needs REDIS_URL beside it.")
# Kombu's own name for a unix socket.
CELERY_BROKER_URL = _url.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    # Without it a broker that falls silent holds whoever sends to it for good.
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Below the visibility timeout, or a slow task would be handed to a second worker.
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_DEFAULT_QUEUE = Queue.DEFAULT.value
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {queue.value: {} for queue in Queue}
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
# Jobs outlive the broker: ending them at once would leave their leases to run out.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# The wait before the first repeat of a failed job; each next one is four times as long.
JOB_RETRY_SECONDS = env.number("TOKDESK_JOB_RETRY_MS", 2000, minimum=1) / 1000
# Entries of a conversation's log are kept so long, its newest ones for ever.
LOG_DAYS = env.number("TOKDESK_LOG_DAYS", 90, minimum=1)
# A job of a worker that died is due again after so long; longer than any drain can take
# (DRAIN_HARD_LIMIT of tokdesk.common.tasks), or two workers would have its jobs.
JOB_LEASE_SECONDS = env.number("TOKDESK_JOB_LEASE_SECONDS", 40, minimum=1)
