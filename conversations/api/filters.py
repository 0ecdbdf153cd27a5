"""What lists of conversations can be narrowed and ordered by; customers by what they know alone."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from conversations.choices import PRIORITIES, Channel, Kind, Status
from conversations.search.text import LONGEST_QUESTION, SHORTEST_QUESTION, question_terms
from tokdesk.common.actor import Actor
from tokdesk.common.api.fields import parse_uuid
from tokdesk.common.api.filters import (
    Filter,
    Rows,
    WrongValue,
    choice_filter,
    read_boolean,
    read_time,
    uuid_filter,
)

ME, NONE = "me", "none"
LONGEST_QUERY = 200


def _read_assignee(text: str) -> Any:
    value = text if text in (ME, NONE) else parse_uuid(text)
    if value is None:
        raise WrongValue
    return value


def _by_assignee(rows: Any, value: Any, actor: Actor) -> Any:
    if value == NONE:
        return rows.filter(assignee__isnull=True).of_customers()
    return rows.filter(assignee_id=actor.member_id if value == ME else value)


def _by_unread(rows: Any, value: bool, actor: Actor) -> Any:
    return rows.unread_by(actor) if value else rows.read_by(actor)


def _by_snoozed(rows: Any, value: bool, actor: Actor) -> Any:
    now = timezone.now()
    return rows.snoozed(now) if value else rows.awake(now)


def _read_priority(text: str) -> Any:
    if text not in PRIORITIES:
        raise WrongValue
    return PRIORITIES[text]


def _by_priority(rows: Any, value: int, actor: Actor) -> Any:
    return rows.filter(priority=value).of_customers()


def _since(column: str) -> Filter:
    return Filter(
        read_time,
        lambda rows, value, actor: rows.filter(**{f"{column}__gt": value}),
        {"type": "string", "format": "date-time"},
    )


def _with_tag(rows: Any, value: str, actor: Actor) -> Any:
    return rows.tagged(value)


def _named(text: str) -> str:
    if not 0 < len(text) <= LONGEST_QUERY:
        raise WrongValue
    return text


def _read_question(text: str) -> Any:
    terms = question_terms(text)
    if not terms:
        raise WrongValue
    return terms


def _by_words(rows: Any, terms: Any, actor: Actor) -> Any:
    return rows.matching(terms, actor)


def _boolean(narrow: Callable[[Rows, Any, Actor], Rows]) -> Filter:
    return Filter(read_boolean, narrow, {"type": "boolean"})


FOR_CUSTOMERS: Mapping[str, Filter] = {
    "status": choice_filter(Status.values, "status"),
    "kind": choice_filter(Kind.values, "kind"),
    "channel": choice_filter(Channel.values, "channel"),
    "customer": uuid_filter("customer_id"),
    "unread": _boolean(_by_unread),
    "archived": _boolean(lambda rows, value, actor: rows.filter(is_archived=value)),
    "updated_after": _since("public_activity_at"),
    "q": Filter(
        _read_question,
        _by_words,
        {"type": "string", "minLength": SHORTEST_QUESTION, "maxLength": LONGEST_QUESTION},
        "Words that must all be found: in the subject, the people, or any message.",
    ),
}
FOR_STAFF: Mapping[str, Filter] = {
    **FOR_CUSTOMERS,
    "assignee": Filter(_read_assignee, _by_assignee, {"type": "string"}),
    "department": uuid_filter("department_id"),
    "priority": Filter(
        _read_priority,
        _by_priority,
        {"type": "string", "enum": list(PRIORITIES)},
    ),
    "tag": Filter(_named, _with_tag, {"type": "string"}),
    "snoozed": _boolean(_by_snoozed),
    "updated_after": _since("changed_at"),
}
STAFF_ORDERS = {
    "last_activity_at": "last_activity_at",
    "waiting_since": "waiting_since",
    "priority": "priority",
    "number": "number",
}
CUSTOMER_ORDERS = {"last_activity_at": "public_activity_at", "number": "number"}
