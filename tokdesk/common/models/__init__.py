"""Base classes of all rows, and the kernel's own tables."""

from tokdesk.common.models.base import BaseModel, SoftDeletable, Versioned
from tokdesk.common.models.event import Event
from tokdesk.common.models.idempotency_key import IdempotencyKey
from tokdesk.common.models.job import Job
from tokdesk.common.models.rate_counter import RateCounter

__all__ = [
    "BaseModel",
    "Event",
    "IdempotencyKey",
    "Job",
    "RateCounter",
    "SoftDeletable",
    "Versioned",
]
