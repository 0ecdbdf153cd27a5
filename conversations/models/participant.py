from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.choices import INVITED, ParticipantKind
from conversations.querysets import ParticipantQuerySet
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager


def seen_count(read: int, unread_from: int | None, before_it: int) -> int:
    """How many messages count as read: those before the mark, where there is one."""
    return read if unread_from is None else before_it


class Participant(CompanyOwned):
    """One person in one conversation: as what, what they have seen, and what they want to hear.

    Pointers are positions of the log (`seq`), never of the customers' numbering, and never move
    back. `read_count` is how many messages stand at or before `read_seq`, of those that this person
    may see, so that what is unread is a difference and no query.
    """

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="participants"
    )
    member = models.ForeignKey(
        "accounts.Membership", on_delete=models.CASCADE, related_name="participations"
    )
    kind = models.CharField(_("as"), max_length=8, choices=ParticipantKind.choices)
    is_following = models.BooleanField(_("following"), default=False)
    is_muted = models.BooleanField(_("muted"), default=False)
    read_seq = models.PositiveBigIntegerField(default=0)
    read_count = models.PositiveBigIntegerField(default=0)
    received_seq = models.PositiveBigIntegerField(default=0)
    # "Unread from here": a mark that the next read clears, and how many messages stand before it.
    unread_from = models.PositiveBigIntegerField(null=True)
    unread_from_count = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[Any] = CompanyManager.from_queryset(ParticipantQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(ParticipantQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["created_at", "id"]
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "conversation", "member"], name="participant_unique"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["company", "member", "conversation"],
                condition=Q(kind__in=INVITED),
                name="participant_invited",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_invited(self) -> bool:
        return self.kind in INVITED

    @property
    def seen_count(self) -> int:
        return seen_count(self.read_count, self.unread_from, self.unread_from_count)
