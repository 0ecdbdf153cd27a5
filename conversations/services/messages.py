"""Messages said: once each, whatever is repeated, and what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from conversations.choices import NEVER, Visibility
from conversations.events import (
    MessageCreated,
)
from conversations.markdown import plain_line, render_html
from conversations.models import Conversation, Draft, Message
from conversations.models.conversation import LONGEST_PREVIEW
from conversations.search.text import index_text
from conversations.services.hashing import request_hash
from conversations.services.indexing import index_message
from conversations.services.log import Log, read_locked
from conversations.services.moves import attend
from conversations.services.pointers import advance_to_own
from conversations.services.refusals import refuse_read_only
from conversations.services.uploads import send_along, take_uploads
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Conflict, Denied, FieldError, Invalid
from tokdesk.common.ids import new_id
from tokdesk.common.models.event import Audience
from tokdesk.common.policy import authorize
from tokdesk.common.roles import STAFF, Role
from tokdesk.common.tenancy import company_scope


class NewerReply(Conflict):
    """Another one of the staff has answered what this answer was written to."""

    default_code = "newer_reply"
    default_detail = _("Somebody else has just answered. Look at it before you send yours.")

    def __init__(self, message: Message) -> None:
        super().__init__()
        self.message = message


@dataclass(frozen=True)
class Text:
    """What somebody says: Markdown in; safe HTML, a preview and its words out, before storing."""

    body: str
    html: str
    preview: str
    words: str


@dataclass(frozen=True)
class Posted:
    """The message, and whether this call made it."""

    message: Message
    is_new: bool

    @property
    def pk(self) -> UUID:
        return self.message.pk


def text_of(body: str) -> Text:
    preview = plain_line(body, LONGEST_PREVIEW)
    return Text(body, render_html(body), preview, index_text(body))


def post_message(
    *,
    actor: Actor,
    conversation_id: UUID,
    client_id: UUID,
    body: str,
    visibility: str = Visibility.PUBLIC,
    reply_to: Message | None = None,
    seen_seq: int | None = None,
    attachments: Sequence[UUID] = (),
) -> Posted:
    """Say something in a conversation; the same `client_id` again is the same message.

    `seen_seq` is how far the author had read: an answer to a customer is held back when another of
    the staff has answered since. `attachments` are ids of the author's own uploads that wait for a
    message of this conversation.

    Raises:
        NotFound: out of sight. Denied: `closed`, `archived`, or no right to reply or note. Invalid:
        what it replies to is elsewhere, or a note while this is public; an upload is not to be had.
        Conflict: `client_id_reused`. NewerReply.
    """
    if actor.company_id is None:
        raise Denied(permission="conversation:reply")
    text = text_of(body)
    hashed = content_hash(body, visibility, reply_to, attachments)
    post = Post(text, visibility, client_id, hashed, reply_to, attachments=tuple(attachments))
    return _post(actor, actor.company_id, conversation_id, post, seen_seq)


def content_hash(
    body: str, visibility: str, reply_to: Message | None = None, attachments: Sequence[UUID] = ()
) -> str:
    """What a repeat of a message has in common with it."""
    content = {
        "body": body,
        "visibility": visibility,
        "reply_to": reply_to and reply_to.pk,
        "attachments": [str(each) for each in attachments],
    }
    return request_hash(content)


@dataclass(frozen=True)
class Post:
    """A message that is about to be stored."""

    text: Text
    visibility: str
    client_id: UUID | None
    request_hash: str
    reply_to: Message | None = None
    # Ids of uploads that wait for it.
    attachments: tuple[UUID, ...] = ()

    @property
    def code(self) -> str:
        is_note = self.visibility == Visibility.NOTE
        return "conversation:note" if is_note else "conversation:reply"


@transactional
def _post(
    actor: Actor, company_id: UUID, conversation_id: UUID, post: Post, seen_seq: int | None
) -> Posted:
    with company_scope(company_id):
        conversation = read_locked(actor, conversation_id)
        known = _sent_before(actor, conversation, post)
        if known is not None:
            return Posted(known, is_new=False)
        authorize(actor, post.code, conversation)
        refuse_read_only(conversation)
        _refuse_reply_elsewhere(actor, conversation, post)
        _refuse_double_answer(actor, conversation, post, seen_seq)
        log = Log(actor, conversation)
        message, changes = add_message(log, post)
        log.save(changes)
        return Posted(message, is_new=True)


def add_message(log: Log, post: Post) -> tuple[Message, dict[str, Any]]:
    """Store a message as the next entry; the second is what of the conversation's row it changes.

    Runs inside the transaction of whoever has the log, who saves it.
    """
    conversation, actor = log.conversation, log.actor
    is_public = post.visibility == Visibility.PUBLIC
    uploads = take_uploads(actor, conversation, post.attachments)
    message = Message(
        id=new_id(),
        company_id=conversation.company_id,
        conversation=conversation,
        author_id=actor.member_id,
        position=conversation.message_count + 1,
        public_position=conversation.public_message_count + is_public,
        visibility=post.visibility,
        body=post.text.body,
        body_html=post.text.html,
        reply_to=post.reply_to,
        client_id=post.client_id,
        request_hash=post.request_hash,
        created_at=log.now,
    )
    fact = MessageCreated(conversation.id, message.id, post.visibility)
    log.append(fact, Audience.ALL if is_public else Audience.STAFF)
    message.seq = conversation.last_seq
    message.public_seq = conversation.last_public_seq if is_public else None
    message.save(force_insert=True)
    index_message(message, post.text.words)
    send_along(uploads, message)
    preview = post.text.preview or ", ".join(each.name for each in uploads)[:LONGEST_PREVIEW]
    changes = {**_headline(message, preview, log.now), **_consequences(log, message)}
    advance_to_own(actor, conversation, message)
    if actor.member_id is not None:
        drafts = Draft.objects.visible_to(actor)
        drafts.of_conversation(conversation, post.visibility).delete()
    return message, changes


def _sent_before(actor: Actor, conversation: Conversation, post: Post) -> Message | None:
    """Raises Conflict: `client_id_reused`."""
    if actor.member_id is None or post.client_id is None:
        return None
    rows = Message.objects.of_conversation(conversation)
    rows = rows.sent_as(actor.member_id, post.client_id).order_by()
    # Almost always there is none, which is found out without reading what one would need.
    hashes = list(rows.values_list("request_hash", flat=True))
    if not hashes:
        return None
    if hashes[0] != post.request_hash:
        raise Conflict("client_id_reused", _("This id was used for another message already."))
    known: Message = rows.with_people().get()
    return known


def _refuse_reply_elsewhere(actor: Actor, conversation: Conversation, post: Post) -> None:
    """A public answer must not quote a note; a message of another conversation is none here."""
    quoted = post.reply_to
    if quoted is None:
        return
    is_near = quoted.conversation_id == conversation.pk
    if not is_near or (quoted.is_note and post.visibility == Visibility.PUBLIC):
        fault = FieldError("invalid", _("This message cannot be replied to here."))
        raise Invalid(fields={"reply_to": [fault]})


def _refuse_double_answer(
    actor: Actor, conversation: Conversation, post: Post, seen_seq: int | None
) -> None:
    if seen_seq is None or actor.role not in STAFF or post.visibility != Visibility.PUBLIC:
        return
    if conversation.is_room:
        return
    answers = Message.objects.of_conversation(conversation).public().of_staff().with_people()
    standing = answers.filter(deleted_at__isnull=True, seq__gt=seen_seq)
    newer = standing.exclude(author_id=actor.member_id)
    latest: Message | None = newer.order_by("-seq").first()
    if latest is not None:
        raise NewerReply(latest)


def _headline(message: Message, preview: str, now: datetime) -> dict[str, Any]:
    """What a message changes in the row of its conversation, whoever wrote it."""
    for_staff = {
        "message_count": message.position,
        "preview": preview,
        "last_activity_at": now,
    }
    if message.is_note:
        return for_staff
    return {
        **for_staff,
        "public_message_count": message.public_position,
        "public_preview": preview,
    }


def _consequences(log: Log, message: Message) -> dict[str, Any]:
    """A customer who writes is waiting, and opens and wakes what was put aside."""
    conversation, actor = log.conversation, log.actor
    if conversation.is_room or message.is_note:
        return {}
    if actor.role != Role.USER:
        return {"waiting_since": NEVER}
    return {"waiting_since": min(conversation.waiting_since, log.now), **attend(log)}
