"""What every row has: a time-ordered id and its times; and a version where people edit it."""

from typing import Any

from django.db import models
from django.utils import timezone

from tokdesk.common.ids import new_id


class BaseModel(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Keep `updated_at` true also where a service names the fields it saves."""
        if options.get("update_fields") is not None:
            options["update_fields"] = {*options["update_fields"], "updated_at"}
        super().save(*args, **options)


class Versioned(models.Model):
    """Counts changes of writable fields and status, so that a stale write is seen (versions.py)."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class SoftDeletable(models.Model):
    """Stays as a row when deleted. A boolean, since MongoDB's partial indexes know no null test."""

    is_deleted = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
