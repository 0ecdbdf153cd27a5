"""What several services of conversations refuse."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation
from tokdesk.common.errors import Denied, FieldError, Invalid


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
