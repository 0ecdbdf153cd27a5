"""The Celery app: workers, queues, and what the clock starts."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_prerun

from tokdesk.common.db import drop_broken_connection
from tokdesk.common.queues import Queue
from tokdesk.common.wakeup import DRAIN_TASK

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tokdesk.settings.prod")

SWEEP_SECONDS = 2.0
EXPIRY_SECONDS = 300.0
WAKE_SECONDS = 20.0
CLOSE_SECONDS = 3600.0

app = Celery("tokdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Every thread of a web server sends through it, not only the one that imported this.
app.set_default()
app.autodiscover_tasks()
# Celery would open a connection for each task. Workers keep theirs as web servers do; this is how
# many tasks Celery lets pass before it closes one nevertheless.
app.conf.CELERY_DB_REUSE_MAX = 1_000_000


@task_prerun.connect
def check_connection(**_: object) -> None:
    drop_broken_connection()


def sweep(queue: Queue) -> dict[str, object]:
    """The same drain as after a commit: it finds what no wake-up told of, and what is due again."""
    return {
        "task": DRAIN_TASK,
        "schedule": SWEEP_SECONDS,
        "args": [queue.value],
        # One that nobody took in time is followed by the next.
        "options": {"queue": queue.value, "expires": SWEEP_SECONDS},
    }


app.conf.beat_schedule = {
    **{f"sweep {queue}": sweep(queue) for queue in Queue},
    "expire invitations": {"task": "invitations.expire", "schedule": EXPIRY_SECONDS},
    "wake conversations": {"task": "conversations.wake", "schedule": WAKE_SECONDS},
    "close conversations": {"task": "conversations.close", "schedule": CLOSE_SECONDS},
    "prune logs": {"task": "conversations.prune_logs", "schedule": crontab(minute="47", hour="3")},
    "sweep attachments": {
        "task": "conversations.sweep_attachments",
        "schedule": crontab(minute="7"),
    },
    "count rows": {"task": "tokdesk.count_rows", "schedule": crontab(minute="37")},
    "purge expired": {
        "task": "tokdesk.purge_expired",
        "schedule": crontab(minute="17", hour="3"),
    },
}
