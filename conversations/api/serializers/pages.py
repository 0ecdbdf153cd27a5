"""Pages of messages and the messages on them, kept as they are shown.

The head of the log is part of the key of a page, and whatever is said, edited or taken back moves
it; the time of its last change is part of the key of a message. So what was kept is never out of
date, and nobody has to drop it. Who wrote a message is kept by id alone and looked up each time,
since people change their names.

Of pages the newest of the usual length alone is kept: what somebody may ask for has no end.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from conversations.api.serializers.log import message_data
from conversations.api.serializers.people import person
from conversations.choices import Scan
from conversations.models import Conversation, Message
from conversations.querysets import sees_notes
from conversations.selectors import (
    MessagePage,
    head_of,
    messages_by_id,
    newest_page,
    page_after,
    page_around,
    page_before,
    people,
)
from tokdesk.common import cache
from tokdesk.common.actor import Actor
from tokdesk.common.api.pagination import DEFAULT_LIMIT

KEPT_SECONDS = 3600
LONGEST_KEPT = 64 * 1024
POSITIONS: Mapping[str, Callable[[Actor, Conversation, int, int], MessagePage]] = {
    "before": page_before,
    "after": page_after,
    "around": page_around,
}


def page_data(
    actor: Actor, conversation: Conversation, position: str, seq: int, limit: int
) -> dict[str, Any]:
    """The page at a position (`before`, `after`, `around`, or "" for the newest) on the wire."""
    is_newest = not position and limit == DEFAULT_LIMIT
    key = _key(actor, conversation)
    kept = cache.get(conversation.company_id, key) if is_newest else None
    if kept is None:
        page = _read(actor, conversation, position, seq, limit)
        rows, is_settled = _messages(actor, conversation.company_id, page)
        kept = {"results": rows, "has_before": page.has_before, "has_after": page.has_after}
        length = sum(len(row["body"]) + len(row["body_html"]) for row in rows)
        if is_newest and is_settled and length <= LONGEST_KEPT:
            cache.put(conversation.company_id, key, kept, seconds=KEPT_SECONDS)
    named = people(row["author"] for row in kept["results"])
    rows = [{**row, "author": person(named.get(row["author"]))} for row in kept["results"]]
    return {**kept, "results": rows, "head": head_of(actor, conversation)}


def _key(actor: Actor, conversation: Conversation) -> str:
    audience = "staff" if sees_notes(actor) else "customers"
    # The time is there for restored databases, where numbers are given a second time.
    head = f"{conversation.version}.{conversation.last_seq}.{_stamp(conversation.changed_at)}"
    return f"newest:{conversation.pk.hex}:{head}:{audience}"


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _read(
    actor: Actor, conversation: Conversation, position: str, seq: int, limit: int
) -> MessagePage:
    if not position:
        return newest_page(actor, conversation, limit)
    return POSITIONS[position](actor, conversation, seq, limit)


def _messages(
    actor: Actor, company_id: UUID, page: MessagePage
) -> tuple[list[dict[str, Any]], bool]:
    """The messages of these places, and whether all of them may be kept."""
    names = {
        place["id"]: f"message:{place['id'].hex}:{_stamp(place['updated_at'])}"
        for place in page.places
    }
    kept = cache.get_many(company_id, names.values())
    read = messages_by_id(actor, [each for each, name in names.items() if name not in kept])
    fresh = {names[each]: message_data(actor, message) for each, message in read.items()}
    settled = {names[each]: fresh[names[each]] for each in read if _is_settled(read[each])}
    cache.put_many(company_id, settled, seconds=KEPT_SECONDS)
    told = {**kept, **fresh}
    number = "seq" if sees_notes(actor) else "public_seq"
    rows = [
        {**told[name], "seq": place[number], "author": place["author_id"]}
        for place in page.places
        if (name := names[place["id"]]) in told
    ]
    return rows, len(settled) == len(read)


def _is_settled(message: Message) -> bool:
    """The verdict on a file comes without an entry in the log."""
    return all(each.scan != Scan.PENDING for each in message.files)
