from typing import ClassVar

from django.db import models

from tokdesk.common.models.base import BaseModel


class IdempotencyKey(BaseModel):
    """What a POST with an Idempotency-Key made; written first in the transaction of its service.

    Both hashes are keyed, since a body may hold a password.
    """

    scope_hash = models.CharField(max_length=64, unique=True)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    object_id = models.UUIDField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]

    def __str__(self) -> str:
        return str(self.id)
