"""Messages changed or taken back by whoever said them."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from conversations.events import MessageDeleted, MessageEdited
from conversations.models import Conversation, Message, MessageRevision
from conversations.services.indexing import forget_message, reindex_message
from conversations.services.log import Log, reread
from conversations.services.messages import Text, text_of
from conversations.services.refusals import refuse_read_only
from conversations.services.uploads import delete_of_message
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Conflict, Denied, NotFound
from tokdesk.common.models.event import Audience
from tokdesk.common.tenancy import company_scope

# A public message may have been read, or mailed, after this.
EDIT_WINDOW = timedelta(minutes=5)


def edit_message(*, actor: Actor, message: Message, body: str) -> Message:
    """Change what one said oneself; what it said before is kept.

    Raises:
        NotFound: out of sight. Denied: not the author, `too_late`, `closed`, `archived`. Conflict:
        `deleted`.
    """
    return _edit(actor, message, text_of(body))


@transactional
def _edit(actor: Actor, message: Message, text: Text) -> Message:
    with company_scope(message.company_id):
        log, message = _open_own(actor, message)
        if message.is_deleted:
            raise Conflict("deleted", _("This message was deleted."))
        if message.body == text.body:
            return message
        MessageRevision.objects.create(
            company_id=message.company_id,
            message=message,
            body=message.body,
            edited_by_id=actor.member_id,
        )
        _write(message, body=text.body, body_html=text.html, edited_at=log.now)
        reindex_message(message, text.words)
        _announce(log, message, MessageEdited)
        log.save(_new_previews(log.conversation, message, text.preview))
        return message


@transactional
def delete_message(*, actor: Actor, message: Message) -> None:
    """Take back what one said oneself: the place stays; text, history and files are gone.

    Raises:
        As `edit_message`; deleting again is no error.
    """
    with company_scope(message.company_id):
        log, message = _open_own(actor, message)
        if message.is_deleted:
            return
        message.revisions.all().delete()
        delete_of_message(message)
        _write(message, body="", body_html="", deleted_at=log.now)
        forget_message(message)
        _announce(log, message, MessageDeleted)
        log.save(_new_previews(log.conversation, message, ""))


def _open_own(actor: Actor, message: Message) -> tuple[Log, Message]:
    """The log, and the message as of now, where this actor may still change it."""
    conversation = reread(actor, message.conversation)
    rows = Message.objects.for_audience(actor).with_people()
    now: Message | None = rows.filter(pk=message.pk).first()
    if now is None:
        raise NotFound
    if actor.member_id is None or now.author_id != actor.member_id:
        raise Denied(permission="conversation:reply", obj=now)
    log = Log(actor, conversation)
    refuse_read_only(conversation)
    if not (now.is_note or now.is_deleted) and log.now - now.created_at > EDIT_WINDOW:
        raise Denied("too_late", _("A public message can be changed for five minutes."))
    return log, now


def _write(message: Message, **values: Any) -> None:
    for name, value in values.items():
        setattr(message, name, value)
    message.save(update_fields=list(values))


def _announce(log: Log, message: Message, kind: Any) -> None:
    fact = kind(log.conversation.id, message.id, message.visibility)
    log.append(fact, Audience.STAFF if message.is_note else Audience.ALL)


def _new_previews(conversation: Conversation, message: Message, preview: str) -> dict[str, Any]:
    """Of the last message, its line in the lists."""
    changes = {}
    if message.position == conversation.message_count:
        changes["preview"] = preview
    if not message.is_note and message.public_position == conversation.public_message_count:
        changes["public_preview"] = preview
    return changes
