"""Attributes: what a company asks about its conversations, and answers of the right form."""

from datetime import date
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from conversations.choices import AttributeKind
from conversations.events import AttributeChanged, AttributeCreated, AttributeDeleted
from conversations.models import AttributeDefinition
from conversations.models.attribute import LONGEST_KEY
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional, try_insert
from tokdesk.common.errors import Conflict, Denied, FieldError, Invalid
from tokdesk.common.events import Fact, publish
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import save_changes

LONGEST_VALUE = 1000
# Beyond it JSON readers disagree on which number is meant.
LARGEST_NUMBER = 2**53
# More of them help nobody.
MOST_FAULTS = 50


def merged_attributes(old: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The old ones with the given ones over them; None takes one away, also what nobody asks now.

    Raises:
        Invalid: a key that the company does not ask for, or an answer of another form.
    """
    rows = AttributeDefinition.objects.filter(key__in=list(given))
    definitions = {row.key: row for row in rows}
    wrong = (
        key
        for key, value in given.items()
        if not (value is None and key in old) and not _fits(definitions.get(key), value)
    )
    if faults := [answer_fault(key) for key in islice(wrong, MOST_FAULTS)]:
        raise Invalid(fields={"attributes": faults})
    merged = {**old, **given}
    return {key: value for key, value in sorted(merged.items()) if value is not None}


def answer_fault(key: str) -> FieldError:
    return FieldError("invalid", _("%(key)s: not possible here.") % {"key": key[:LONGEST_KEY]})


@transactional
def define_attribute(
    *, actor: Actor, key: str, label: str, kind: str, options: list[str] | None = None
) -> AttributeDefinition:
    """Ask something about every conversation.

    Raises:
        Conflict: `key_taken`. Invalid: a list without options, or options of what is no list.
    """
    if actor.company_id is None:
        raise Denied(permission="company:configure")
    with company_scope(actor.company_id):
        row = AttributeDefinition(
            company_id=actor.company_id, key=key, label=label, kind=kind, options=options or []
        )
        authorize(actor, "company:configure", row.company)
        _refuse_odd_options(row)
        if not try_insert(row):
            raise Conflict("key_taken", _("There is an attribute of this key already."))
        _announce(actor, row, AttributeCreated(row.id))
        return row


@transactional
def update_attribute(
    *,
    actor: Actor,
    definition: AttributeDefinition,
    changes: dict[str, Any],
    expected: int | None = None,
) -> AttributeDefinition:
    """Its label and options; key and kind stay, since answers of that form are stored."""
    with company_scope(definition.company_id):
        row: AttributeDefinition = AttributeDefinition.objects.fresh(definition)
        authorize(actor, "company:configure", row.company)
        if "options" in changes:
            row.options = changes["options"]
            _refuse_odd_options(row)
            row.refresh_from_db()
        changed = save_changes(row, changes, expected=expected)
        if changed:
            _announce(actor, row, AttributeChanged(row.id, sorted(changed)))
        return row


@transactional
def remove_attribute(*, actor: Actor, definition: AttributeDefinition) -> None:
    """Stop asking; answers that are stored stay where they are."""
    with company_scope(definition.company_id):
        row: AttributeDefinition = AttributeDefinition.objects.fresh(definition)
        authorize(actor, "company:configure", row.company)
        _announce(actor, row, AttributeDeleted(row.id))
        row.delete()


def _announce(actor: Actor, row: AttributeDefinition, fact: Fact) -> None:
    publish(fact, actor=actor, company_id=row.company_id, stream=f"attribute:{row.id}")


def _fits(definition: AttributeDefinition | None, value: Any) -> bool:
    if definition is None or value is None:
        return definition is not None
    match definition.kind:
        case AttributeKind.BOOLEAN:
            return isinstance(value, bool)
        case AttributeKind.NUMBER:
            return _is_number(value) and abs(value) <= LARGEST_NUMBER
        case AttributeKind.DATE:
            return isinstance(value, str) and _is_date(value)
        case AttributeKind.LIST:
            return value in definition.options
        case _:
            return isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _refuse_odd_options(row: AttributeDefinition) -> None:
    if (row.kind == AttributeKind.LIST) == bool(row.options):
        return
    fault = FieldError("invalid", _("A list has options, and nothing else has."))
    raise Invalid(fields={"options": [fault]})
