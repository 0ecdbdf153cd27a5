"""What several services of conversations refuse."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation
from conversations.querysets import version_for
from tokdesk.common.actor import Actor
from tokdesk.common.errors import Denied, FieldError, Invalid
from tokdesk.common.versions import check_version


def refuse_archived(conversation: Conversation) -> None:
    """Raises Denied: `archived`."""
    if conversation.is_archived:
        raise Denied("archived", _("This conversation is archived."))


def refuse_read_only(conversation: Conversation) -> None:
    """Raises Denied: `archived`, or `closed`, where a follow-up is what goes on."""
    refuse_archived(conversation)
    if conversation.is_closed:
        raise Denied("closed", _("This conversation is closed. Begin a new one that follows it."))


def refuse_rooms(conversation: Conversation) -> None:
    """Raises Invalid: `not_for_rooms`."""
    if conversation.is_room:
        raise Invalid("not_for_rooms", _("A room has no such thing."))


def field_fault(field: str, code: str, detail: Any) -> Invalid:
    return Invalid(fields={field: [FieldError(code, detail)]})


def not_here(field: str) -> Invalid:
    """As for an id that nobody knows, whatever the reason."""
    return field_fault(field, "does_not_exist", _("There is no such object."))


def refuse_stale(actor: Actor, conversation: Conversation, expected: int | None) -> None:
    """Raises StaleVersion: this actor saw another version than there is now."""
    now = version_for(actor, conversation.version, conversation.last_public_seq)
    check_version(conversation, expected, current=now)
