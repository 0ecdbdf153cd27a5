from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tokdesk.common.models.base import BaseModel


class Audience(models.TextChoices):
    ALL = "all", _("Everybody in it")
    STAFF = "staff", _("Staff only")


class EventQuerySet(models.QuerySet["Event"]):
    def of_company(self, company_id: UUID) -> "EventQuerySet":
        return self.filter(company_id=company_id).order_by("-at", "-id")

    def of_stream(self, stream: str) -> "EventQuerySet":
        return self.filter(stream=stream)

    def behind(self, places: Mapping[str, int], name: str = "seq") -> "EventQuerySet":
        """What each of these streams has behind its place, in the numbering of that name."""
        wanted = Q(pk__in=[])
        for stream, place in places.items():
            wanted |= Q(stream=stream, **{f"{name}__gt": place})
        return self.filter(wanted).order_by("stream", name)


class Event(BaseModel):
    """One durable record of something that happened; written in the transaction of the change.

    It has no foreign keys to what it tells of (`stream` and the payload name it by id), so that it
    outlives its subject. Platform events have no company.
    """

    company = models.ForeignKey(
        "companies.Company",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        # Those of Meta lead with it.
        db_index=False,
    )
    stream = models.CharField(max_length=100)
    # Where a stream is a numbered log: its place in it, and in what customers see of it.
    seq = models.BigIntegerField(null=True)
    public_seq = models.BigIntegerField(null=True)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.STAFF)
    type = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=12)
    actor_member = models.UUIDField(null=True)
    # Platform staff have no membership; the account stands here and never leaves by the API.
    actor_user = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    objects: ClassVar = EventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "seq"], name="event_seq_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "at"], name="event_company_at"),
            models.Index(fields=["company", "type", "at"], name="event_company_type"),
            models.Index(fields=["stream", "public_seq"], name="event_stream_public_seq"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stream}"
