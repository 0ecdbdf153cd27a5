from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.choices import Delivery, Visibility
from conversations.querysets import MessageQuerySet
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager

LONGEST_BODY = 10_000


# Ignored: mypy looks for the managers of relations that are declared elsewhere.
class Message(CompanyOwned):  # type: ignore[django-manager-missing]
    """Something somebody said; a note is for staff alone.

    Its place in the log is that of the entry that announced it. `position` counts the messages of
    the conversation, `public_position` the public ones. A deleted message stays, with its body
    gone.
    """

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.PROTECT, related_name="messages"
    )
    seq = models.PositiveBigIntegerField()
    public_seq = models.PositiveBigIntegerField(null=True)
    position = models.PositiveBigIntegerField()
    public_position = models.PositiveBigIntegerField()
    author = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    visibility = models.CharField(
        _("visibility"), max_length=6, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    body = models.TextField(_("text"), blank=True)
    body_html = models.TextField(blank=True)
    reply_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    client_id = models.UUIDField(null=True)
    # Of what was sent first: a repeat under the same client_id must be the same.
    request_hash = models.CharField(max_length=64, blank=True)
    delivery = models.CharField(
        _("delivery"), max_length=9, choices=Delivery.choices, default=Delivery.SENT
    )
    failure = models.CharField(_("failure"), max_length=300, blank=True)
    edited_at = models.DateTimeField(_("edited at"), null=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True)

    # Set by `with_people`, and where it is known that there are none. It has no value here, which
    # Django would take for a sign that they are loaded.
    loaded_files: list[Any]

    objects: ClassVar[Any] = CompanyManager.from_queryset(MessageQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(MessageQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["seq"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "conversation", "seq"], name="message_seq_unique"
            ),
            models.UniqueConstraint(
                fields=["company", "conversation", "author", "client_id"], name="message_sent_once"
            ),
            # A note has no place in what customers see, not even a number.
            models.CheckConstraint(
                condition=(
                    Q(visibility=Visibility.PUBLIC, public_seq__isnull=False)
                    | Q(visibility=Visibility.NOTE, public_seq__isnull=True)
                ),
                name="message_note_is_not_public",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "conversation", "public_seq"], name="message_public"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def files(self) -> list[Any]:
        """The attachments it sent along; one query, unless they were loaded with it."""
        if hasattr(self, "loaded_files"):
            return self.loaded_files
        return list(self.attachments.all())  # type: ignore[attr-defined]  # mypy does not see it

    @property
    def is_note(self) -> bool:
        return self.visibility == Visibility.NOTE

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


class MessageRevision(CompanyOwned):
    """What a message said before it was edited."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    body = models.TextField()
    edited_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["created_at", "id"]
        verbose_name = _("earlier text")
        verbose_name_plural = _("earlier texts")
        indexes: ClassVar = [
            models.Index(fields=["company", "message", "created_at"], name="revision_of_message"),
        ]

    def __str__(self) -> str:
        return str(self.id)
