"""What people write on a conversation: subject, priority, tags, attributes, department."""

from collections.abc import Callable
from typing import Any

from conversations.choices import PRIORITIES, Priority
from conversations.events import (
    ConversationAttributesChanged,
    ConversationDepartmentChanged,
    ConversationPriorityChanged,
    ConversationSubjectChanged,
    ConversationTagsChanged,
)
from conversations.models import Conversation
from conversations.services.attributes import merged_attributes
from conversations.services.indexing import index_subject
from conversations.services.log import Log, reread
from conversations.services.placing import living
from conversations.services.refusals import refuse_read_only, refuse_rooms, refuse_stale
from conversations.services.tagging import hold_tags, link_tags
from departments.models import Department
from tokdesk.common.actor import Actor, system_actor
from tokdesk.common.db import transactional
from tokdesk.common.models.event import Audience
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope

# What each field asks for. A room has no more than a subject.
CODES = {
    "subject": "conversation:note",
    "priority": "conversation:priority",
    "tags": "conversation:tag",
    "attributes": "conversation:tag",
    "department": "conversation:assign",
}


@transactional
def update_conversation(
    *,
    actor: Actor,
    conversation: Conversation,
    changes: dict[str, Any],
    expected: int | None = None,
) -> Conversation:
    """Change any of the fields of CODES; `attributes` are merged, None takes one away.

    Raises:
        Denied: a right for one of the fields is missing, `closed`, `archived`. Invalid:
        `not_for_rooms`, or attributes that are unknown or of another form. StaleVersion.
    """
    with company_scope(conversation.company_id):
        if "tags" in changes:
            hold_tags(changes["tags"])
        conversation = reread(actor, conversation)
        for name in changes:
            authorize(actor, CODES[name], conversation)
        if changes.keys() - {"subject"}:
            refuse_rooms(conversation)
        refuse_read_only(conversation)
        refuse_stale(actor, conversation, expected)
        log = Log(actor, conversation)
        written: dict[str, Any] = {}
        for name, value in changes.items():
            written |= WRITERS[name](log, value)
        return log.save(written) if written else conversation


def move_to_department(log: Log, department: Department) -> dict[str, Any]:
    """Who loses sight of it follows from where it is; whoever has it goes on seeing it."""
    conversation = log.conversation
    if conversation.department_id == department.pk:
        return {}
    department = living(department)
    fact = ConversationDepartmentChanged(conversation.id, conversation.department_id, department.pk)
    log.append(fact, Audience.STAFF)
    return {"department": department}


@transactional
def move_after_archive(*, conversation: Conversation, department: Department) -> Conversation:
    """A department was archived into another. Asks for no right."""
    with company_scope(conversation.company_id):
        conversation = Conversation.objects.fresh(conversation)
        log = Log(system_actor(conversation.company_id), conversation)
        return log.save(move_to_department(log, department))


def _subject(log: Log, subject: str) -> dict[str, Any]:
    if subject == log.conversation.subject:
        return {}
    log.append(ConversationSubjectChanged(log.conversation.id, subject))
    index_subject(log.conversation, subject)
    return {"subject": subject}


def _priority(log: Log, name: str) -> dict[str, Any]:
    old, new = Priority(log.conversation.priority), PRIORITIES[name]
    if old == new:
        return {}
    fact = ConversationPriorityChanged(log.conversation.id, old.name.lower(), name)
    log.append(fact, Audience.STAFF)
    return {"priority": new}


def _tags(log: Log, names: list[str]) -> dict[str, Any]:
    tags = link_tags(log.actor, log.conversation, names)
    if tags == log.conversation.tags:
        return {}
    log.append(ConversationTagsChanged(log.conversation.id, tags), Audience.STAFF)
    return {"tags": tags}


def _attributes(log: Log, given: dict[str, Any]) -> dict[str, Any]:
    old = log.conversation.attributes
    new = merged_attributes(old, given)
    changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    if not changed:
        return {}
    fact = ConversationAttributesChanged(log.conversation.id, changed, new)
    log.append(fact, Audience.STAFF)
    return {"attributes": new}


WRITERS: dict[str, Callable[[Log, Any], dict[str, Any]]] = {
    "subject": _subject,
    "priority": _priority,
    "tags": _tags,
    "attributes": _attributes,
    "department": move_to_department,
}
