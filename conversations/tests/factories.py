"""The smallest valid conversations, made by the services that make all of them."""

from typing import Any
from uuid import uuid4

from accounts.models import Membership
from accounts.tests.factories import actor_for
from conversations.choices import Kind, Visibility
from conversations.models import Conversation, Message
from conversations.services import FirstMessage, Opening, open_conversation, post_message
from tokdesk.common.tenancy import company_scope


def make_conversation(author: Membership, text: str = "", **fields: Any) -> Conversation:
    """One that this person opens; with a text its first message."""
    message = FirstMessage(text) if text else None
    opening = Opening(client_id=uuid4(), message=message, **fields)
    with company_scope(author.company_id):
        return open_conversation(actor=actor_for(author), opening=opening).conversation


def make_room(author: Membership, *others: Membership, kind: str = "") -> Conversation:
    """A direct room with one other person, a group with more."""
    kind = kind or (Kind.DIRECT if len(others) == 1 else Kind.GROUP)
    return make_conversation(author, kind=kind, participants=others)


def say(
    author: Membership, conversation: Conversation, body: str = "Hello", **fields: Any
) -> Message:
    values = {"client_id": uuid4(), **fields}
    posted = post_message(
        actor=actor_for(author), conversation_id=conversation.pk, body=body, **values
    )
    return posted.message


def note(author: Membership, conversation: Conversation, body: str = "Careful") -> Message:
    return say(author, conversation, body, visibility=Visibility.NOTE)


def reloaded(conversation: Conversation) -> Conversation:
    with company_scope(conversation.company_id):
        row: Conversation = Conversation.objects.get(pk=conversation.pk)
    return row
