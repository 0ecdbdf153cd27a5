"""Drafts: what one has begun to write, kept where one will look for it."""

from collections.abc import Sequence
from uuid import UUID

from conversations.choices import Visibility
from conversations.models import Conversation, Draft
from conversations.services.log import reread
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, transactional, try_insert
from tokdesk.common.errors import Denied
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import check_version, save_changes


@transactional
def save_draft(
    *,
    actor: Actor,
    conversation: Conversation,
    visibility: str,
    body: str,
    attachments: Sequence[UUID] = (),
    expected: int | None = None,
) -> Draft:
    """Keep it under the actor's name. Raises Denied: a note of a customer. StaleVersion."""
    with company_scope(conversation.company_id):
        member_id = _authorize(actor, conversation, visibility)
        ids = [str(each) for each in attachments]
        rows = Draft.objects.visible_to(actor).of_conversation(conversation, visibility)
        draft: Draft | None = rows.locked().first()
        if draft is not None:
            save_changes(draft, {"body": body, "attachments": ids}, expected=expected)
            return draft
        draft = Draft(
            company_id=conversation.company_id,
            conversation=conversation,
            member_id=member_id,
            visibility=visibility,
            body=body,
            attachments=ids,
        )
        if expected:
            # What was seen is gone; there is nothing that could be newer.
            draft.version = 0
            check_version(draft, expected)
        if not try_insert(draft):
            raise RetryTransaction
        return draft


@transactional
def discard_draft(*, actor: Actor, conversation: Conversation, visibility: str) -> None:
    """Nothing to discard is no error."""
    with company_scope(conversation.company_id):
        _authorize(actor, conversation, visibility)
        rows = Draft.objects.visible_to(actor).of_conversation(conversation, visibility)
        rows.delete()


def _authorize(actor: Actor, conversation: Conversation, visibility: str) -> UUID:
    """Whose draft it is."""
    is_note = visibility == Visibility.NOTE
    authorize(actor, "conversation:note" if is_note else "conversation:reply", conversation)
    if actor.member_id is None:
        raise Denied(permission="conversation:reply", obj=conversation)
    reread(actor, conversation)
    return actor.member_id
