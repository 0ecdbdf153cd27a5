"""Who sees a conversation, decided in memory for many people at once.

`ConversationQuerySet.visible_to` says the same as a query; a test compares the two for every
combination. A live event goes to a thousand sockets, and a query each would be a thousand queries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from conversations.choices import CUSTOMERS, INVITED, Kind
from tokdesk.common.actor import Actor
from tokdesk.common.roles import STAFF, Role

# Columns of a conversation that decide.
DECIDING = ("id", "kind", "department_id", "assignee_id")


@dataclass(frozen=True, eq=False)
class Sight:
    """What of a person decides what they see, as it was when rights had this version."""

    actor: Actor
    company_id: UUID
    member_id: UUID
    departments: frozenset[UUID]
    version: int

    @property
    def sees_notes(self) -> bool:
        return self.actor.role in STAFF

    def is_of_same_reader(self, other: "Sight") -> bool:
        """Whether one numbering of logs serves both: somebody's who is staff, or is not."""
        return self.member_id == other.member_id and self.sees_notes == other.sees_notes

    def is_as(self, other: "Sight") -> bool:
        """Whether the two see the same."""
        return self._deciding == other._deciding

    def sees(self, row: Mapping[str, Any], seat: str | None) -> bool:
        """`row` has the `DECIDING` columns; `seat` is the kind of their participant, if any."""
        actor, kind = self.actor, row["kind"]
        if actor.role not in STAFF:
            return kind == Kind.CUSTOMER and seat in CUSTOMERS
        if seat in INVITED or row["assignee_id"] == self.member_id:
            return True
        if kind == Kind.COMPANY or (kind == Kind.CUSTOMER and actor.role == Role.COMPANY_ADMIN):
            return True
        if kind not in (Kind.CUSTOMER, Kind.DEPARTMENT):
            return False
        is_near = row["department_id"] in self.departments
        return is_near and (actor.sees_colleagues or row["assignee_id"] is None)

    @property
    def _deciding(self) -> tuple[Any, ...]:
        return self.actor.role, self.actor.sees_colleagues, self.departments
