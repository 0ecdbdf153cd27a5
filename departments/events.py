"""What departments announce."""

from dataclasses import dataclass
from uuid import UUID

from tokdesk.common.events import Fact, fact


@fact("department.created")
@dataclass(frozen=True)
class DepartmentCreated(Fact):
    department_id: UUID


@fact("department.changed")
@dataclass(frozen=True)
class DepartmentChanged(Fact):
    department_id: UUID
    fields: list[str]


@fact("department.head_changed")
@dataclass(frozen=True)
class DepartmentHeadChanged(Fact):
    """Beside `department.changed`, for those who care about the two people alone."""

    department_id: UUID
    old: UUID | None
    new: UUID | None


@fact("department.archived")
@dataclass(frozen=True)
class DepartmentArchived(Fact):
    department_id: UUID
    move_to: UUID


@fact("department.member_added")
@dataclass(frozen=True)
class DepartmentMemberAdded(Fact):
    department_id: UUID
    member_id: UUID


@fact("department.member_removed")
@dataclass(frozen=True)
class DepartmentMemberRemoved(Fact):
    department_id: UUID
    member_id: UUID
