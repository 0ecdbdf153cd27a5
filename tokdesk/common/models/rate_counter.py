from typing import ClassVar

from django.db import models

from tokdesk.common.models.base import BaseModel


class RateCounter(BaseModel):
    """Tries of one kind by one key in the window that its first try opened (see limits.py)."""

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]

    def __str__(self) -> str:
        return self.key
