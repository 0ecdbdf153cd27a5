from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.choices import ACTIVE, NEVER, ROOMS, Channel, Kind, Priority, Status
from conversations.querysets import ConversationQuerySet
from tokdesk.common.models import SoftDeletable, Versioned
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager

LONGEST_SUBJECT = 200
LONGEST_PREVIEW = 140


# Ignored: mypy looks for the managers of relations that are declared elsewhere.
class Conversation(CompanyOwned, SoftDeletable, Versioned):  # type: ignore[django-manager-missing]
    """What a customer asked and everything about it, or a room where people of a company talk.

    The last part of its fields are the head of its log (services/log.py): they move only there,
    together with the entry that moved them. Customers see a numbering, a preview and a last
    activity of their own, in which notes leave no trace.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.CUSTOMER)
    # Gapless in a company, and only where a customer is; a room has 0.
    number = models.PositiveBigIntegerField(_("number"), default=0, editable=False)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT, blank=True)
    channel = models.CharField(
        _("channel"), max_length=8, choices=Channel.choices, default=Channel.API
    )
    customer = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    department = models.ForeignKey(
        "departments.Department", on_delete=models.PROTECT, null=True, related_name="+"
    )
    assignee = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    # The names, in the order of the alphabet; ConversationTag holds them for look-ups.
    tags = models.JSONField(_("tags"), default=list, blank=True)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True)
    follow_up_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    is_archived = models.BooleanField(_("archived"), default=False)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    # Since when the customer has been without an answer; NEVER while nobody waits.
    waiting_since = models.DateTimeField(_("waiting since"), default=NEVER)

    # Who made it, by which id of the own: the same again is the same conversation.
    created_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    client_id = models.UUIDField(null=True, editable=False)
    request_hash = models.CharField(max_length=64, blank=True, editable=False)
    # Of a direct room: its two people, the smaller id first.
    pair_key = models.CharField(max_length=65, blank=True, editable=False)

    last_seq = models.PositiveBigIntegerField(default=0, editable=False)
    last_public_seq = models.PositiveBigIntegerField(default=0, editable=False)
    # Entries up to here were pruned.
    pruned_seq = models.PositiveBigIntegerField(default=0, editable=False)
    pruned_public_seq = models.PositiveBigIntegerField(default=0, editable=False)
    message_count = models.PositiveBigIntegerField(default=0, editable=False)
    public_message_count = models.PositiveBigIntegerField(default=0, editable=False)
    preview = models.CharField(max_length=LONGEST_PREVIEW, blank=True, editable=False)
    public_preview = models.CharField(max_length=LONGEST_PREVIEW, blank=True, editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    public_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = CompanyManager.from_queryset(ConversationQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(ConversationQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["-last_activity_at", "-id"]
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "number"],
                condition=Q(kind=Kind.CUSTOMER),
                name="conversation_number_unique",
            ),
            models.UniqueConstraint(
                fields=["company", "created_by", "client_id"], name="conversation_sent_once"
            ),
            models.UniqueConstraint(
                fields=["company", "pair_key"],
                condition=Q(pair_key__gt="", is_deleted=False),
                name="conversation_pair_unique",
            ),
            # What a customer is in has everything that answering it needs; a room has none of it.
            models.CheckConstraint(
                condition=(
                    Q(
                        kind=Kind.CUSTOMER,
                        number__gt=0,
                        customer__isnull=False,
                        department__isnull=False,
                        status__in=Status.values,
                    )
                    | (
                        ~Q(kind=Kind.CUSTOMER)
                        & Q(number=0, customer__isnull=True, status="")
                        & Q(assignee__isnull=True, snoozed_until__isnull=True)
                    )
                ),
                name="conversation_kind_fits",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["company", "priority", "id"],
                condition=Q(is_deleted=False, is_archived=False),
                name="conversation_priority",
            ),
            models.Index(
                fields=["company", "number", "id"],
                condition=Q(is_deleted=False, is_archived=False),
                name="conversation_number",
            ),
            # There are few rooms among what customers ask.
            models.Index(
                fields=["company", "kind", "last_activity_at", "id"],
                condition=Q(kind__in=ROOMS, is_deleted=False, is_archived=False),
                name="conversation_rooms",
            ),
            models.Index(
                fields=["company", "last_activity_at", "id"],
                condition=Q(is_deleted=False, is_archived=True),
                name="conversation_archived",
            ),
            # Across companies: what closes now.
            models.Index(
                fields=["status", "resolved_at", "id", "company"],
                condition=Q(is_deleted=False, is_archived=False),
                name="conversation_resolved",
            ),
            models.Index(
                fields=["company", "last_activity_at", "id"],
                condition=Q(is_deleted=False, is_archived=False),
                name="conversation_activity",
            ),
            models.Index(
                fields=["company", "department", "status", "last_activity_at", "id"],
                condition=Q(is_deleted=False, is_archived=False),
                name="conversation_department",
            ),
            models.Index(
                fields=["company", "assignee", "status", "last_activity_at", "id"],
                condition=Q(is_deleted=False, is_archived=False),
                name="conversation_assignee",
            ),
            models.Index(
                fields=["company", "customer", "public_activity_at", "id"],
                name="conversation_customer",
            ),
            models.Index(
                fields=["company", "waiting_since", "id"],
                condition=Q(is_deleted=False, is_archived=False),
                name="conversation_waiting",
            ),
            models.Index(fields=["company", "changed_at", "id"], name="conversation_changed"),
            # Across companies: what wakes now.
            models.Index(
                fields=["snoozed_until", "id", "company"],
                condition=Q(is_deleted=False, is_archived=False),
                name="conversation_wakes",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}" if self.number else self.get_kind_display()

    @property
    def is_room(self) -> bool:
        return self.kind != Kind.CUSTOMER

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def is_active(self) -> bool:
        """Somebody still has something to do about it."""
        return self.status in ACTIVE
