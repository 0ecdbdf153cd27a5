"""The queues of jobs: what may wait for what stands apart."""

from enum import StrEnum


class Queue(StrEnum):
    EMAIL = "email"
    NOTIFICATIONS = "notifications"
    AUDIT = "audit"
    ARCHIVE = "archive"
    WEBHOOKS = "webhooks"
    DEFAULT = "default"
