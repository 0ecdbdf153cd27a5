"""The company's own list of tags."""

from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from conversations.events import ConversationTagsChanged, TagChanged, TagCreated, TagDeleted
from conversations.models import Conversation, ConversationTag, Tag
from conversations.querysets import folded
from conversations.services.log import Log
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional, try_insert
from tokdesk.common.errors import Conflict, Denied
from tokdesk.common.events import Fact, publish
from tokdesk.common.models.event import Audience
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import save_changes


@transactional
def create_tag(*, actor: Actor, name: str, colour: str = "") -> Tag:
    """Raises Conflict: `name_taken`."""
    if actor.company_id is None:
        raise Denied(permission="company:configure")
    with company_scope(actor.company_id):
        tag = Tag(company_id=actor.company_id, name=name, name_key=folded(name), colour=colour)
        authorize(actor, "company:configure", tag.company)
        if not try_insert(tag):
            raise _name_taken()
        announce(actor, tag, TagCreated(tag.id))
        return tag


@transactional
def update_tag(
    *, actor: Actor, tag: Tag, changes: dict[str, Any], expected: int | None = None
) -> Tag:
    """Another name or colour; conversations show the new name at once. Raises as `create_tag`."""
    with company_scope(tag.company_id):
        tag = Tag.objects.fresh(tag)
        authorize(actor, "company:configure", tag.company)
        old = tag.name
        if "name" in changes:
            changes = {**changes, "name_key": folded(changes["name"])}
        try:
            changed = save_changes(tag, changes, expected=expected)
        except IntegrityError as error:
            raise _name_taken() from error
        if changed:
            announce(actor, tag, TagChanged(tag.id, sorted(set(changed) - {"name_key"})))
        if tag.name != old:
            _rewrite(actor, tag, old, tag.name)
        return tag


@transactional
def delete_tag(*, actor: Actor, tag: Tag) -> None:
    """Take the word away, also from every conversation that has it."""
    with company_scope(tag.company_id):
        tag = Tag.objects.fresh(tag)
        authorize(actor, "company:configure", tag.company)
        _rewrite(actor, tag, tag.name, None)
        announce(actor, tag, TagDeleted(tag.id))
        tag.delete()


def _rewrite(actor: Actor, tag: Tag, old: str, new: str | None) -> None:
    ids = ConversationTag.objects.filter(tag=tag).values("conversation_id")
    for conversation in Conversation.objects.locked().filter(pk__in=ids).order_by("pk"):
        kept = [name for name in conversation.tags if name != old]
        tags = sorted([*kept, new] if new else kept, key=folded)
        log = Log(actor, conversation)
        log.append(ConversationTagsChanged(conversation.id, tags), Audience.STAFF)
        log.save({"tags": tags})


def announce(actor: Actor, tag: Tag, fact: Fact) -> None:
    publish(fact, actor=actor, company_id=tag.company_id, stream=f"tag:{tag.id}")


def _name_taken() -> Conflict:
    return Conflict("name_taken", _("There is a tag of this name already."))
