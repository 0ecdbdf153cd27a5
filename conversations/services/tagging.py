"""Tags on conversations: known words by their names, new ones made on the way."""

from collections.abc import Sequence

from conversations.events import TagCreated
from conversations.models import Conversation, ConversationTag, Tag
from conversations.querysets import folded
from conversations.services.tags import announce
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, try_insert


def link_tags(actor: Actor, conversation: Conversation, names: Sequence[str]) -> list[str]:
    """Make these the tags of the conversation; returns their names as the company writes them.

    Raises:
        RetryTransaction: somebody made one of the new words this moment.
    """
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


def _known_or_new(actor: Actor, conversation: Conversation, names: Sequence[str]) -> list[Tag]:
    wanted = {folded(name): name for name in names}
    known = {tag.name_key: tag for tag in Tag.objects.named(list(wanted.values()))}
    for key, name in wanted.items():
        if key not in known:
            tag = Tag(company_id=conversation.company_id, name=name, name_key=key)
            if not try_insert(tag):
                raise RetryTransaction
            announce(actor, tag, TagCreated(tag.id))
            known[key] = tag
    return list(known.values())
