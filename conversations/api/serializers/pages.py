"""Pages of messages, kept as they are shown.

The head of the log is part of each key, and whatever is said, edited or taken back moves it: so a
page that was kept is never out of date, and nobody has to drop it. Who wrote a message is kept by
id alone and looked up each time, since people change their names.
"""

from collections.abc import Callable, Mapping
from typing import Any

from conversations.api.serializers.log import message_data
from conversations.api.serializers.people import person
from conversations.choices import Scan
from conversations.models import Conversation, Message
from conversations.querysets import sees_notes
from conversations.selectors import (
    MessagePage,
    head_of,
    newest_page,
    page_after,
    page_around,
    page_before,
    people,
)
from tokdesk.common import cache
from tokdesk.common.actor import Actor

KEPT_SECONDS = 24 * 3600
POSITIONS: Mapping[str, Callable[[Actor, Conversation, int, int], MessagePage]] = {
    "before": page_before,
    "after": page_after,
    "around": page_around,
}


def page_data(
    actor: Actor, conversation: Conversation, position: str, seq: int, limit: int
) -> dict[str, Any]:
    """The page at a position (`before`, `after`, `around`, or "" for the newest) on the wire."""
    key = _key(actor, conversation, position, seq, limit)
    kept = cache.get(conversation.company_id, key)
    if kept is None:
        page = _read(actor, conversation, position, seq, limit)
        kept = _plain(actor, page)
        if all(_is_settled(message) for message in page.messages):
            cache.put(conversation.company_id, key, kept, seconds=KEPT_SECONDS)
    named = people(row["author"] for row in kept["results"])
    rows = [{**row, "author": person(named.get(row["author"]))} for row in kept["results"]]
    return {**kept, "results": rows, "head": head_of(actor, conversation)}


def _key(actor: Actor, conversation: Conversation, position: str, seq: int, limit: int) -> str:
    audience = "staff" if sees_notes(actor) else "customers"
    # The time is there for restored databases, where numbers are given a second time.
    at = int(conversation.changed_at.timestamp() * 1_000_000)
    head = f"{conversation.version}.{conversation.last_seq}.{at}"
    return f"messages:{conversation.pk.hex}:{head}:{audience}:{position}:{seq}:{limit}"


def _read(
    actor: Actor, conversation: Conversation, position: str, seq: int, limit: int
) -> MessagePage:
    if not position:
        return newest_page(actor, conversation, limit)
    return POSITIONS[position](actor, conversation, seq, limit)


def _plain(actor: Actor, page: MessagePage) -> dict[str, Any]:
    return {
        "results": [
            {**message_data(actor, message), "author": message.author_id}
            for message in page.messages
        ],
        "has_before": page.has_before,
        "has_after": page.has_after,
    }


def _is_settled(message: Message) -> bool:
    """The verdict on a file comes without an entry in the log."""
    return all(each.scan != Scan.PENDING for each in message.files)
