"""Tags on conversations: known words by their names, new ones made on the way."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from conversations.events import TagCreated
from conversations.models import Conversation, ConversationTag, Tag
from conversations.models.tag import MOST_TAGS
from conversations.querysets import folded
from conversations.services.refusals import field_fault
from conversations.services.tags import announce
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, try_insert


def link_tags(actor: Actor, conversation: Conversation, names: Sequence[str]) -> list[str]:
    """Make these the tags of the conversation; returns their names as the company writes them.

    Raises:
        Invalid: more than MOST_TAGS. RetryTransaction: somebody made one of the new words this
        moment.
    """
    if len({folded(name) for name in names}) > MOST_TAGS:
        detail = _("A conversation has at most %(number)d tags.") % {"number": MOST_TAGS}
        raise field_fault("tags", "max_length", detail)
    tags = sorted(_known_or_new(actor, conversation, names), key=lambda tag: tag.name_key)
    links = ConversationTag.objects.of_conversation(conversation)
    links.exclude(tag__in=tags).delete()
    linked = set(links.values_list("tag_id", flat=True))
    ConversationTag.objects.bulk_create(
        ConversationTag(company_id=conversation.company_id, conversation=conversation, tag=tag)
        for tag in tags
        if tag.pk not in linked
    )
    return [tag.name for tag in tags]


def hold_tags(names: Sequence[str]) -> list[Tag]:
    """Those of the words that are there, so that nobody renames or deletes one before the commit.

    Whoever locks a conversation too does so after this: that is the order of whoever rewrites the
    conversations of a tag.
    """
    return list(Tag.objects.named(list(names)).order_by("pk").locked())


def _known_or_new(actor: Actor, conversation: Conversation, names: Sequence[str]) -> list[Tag]:
    wanted = {folded(name): name for name in names}
    known = {tag.name_key: tag for tag in hold_tags(list(wanted.values()))}
    for key, name in wanted.items():
        if key not in known:
            tag = Tag(company_id=conversation.company_id, name=name, name_key=key)
            if not try_insert(tag):
                raise RetryTransaction
            announce(actor, tag, TagCreated(tag.id))
            known[key] = tag
    return list(known.values())
