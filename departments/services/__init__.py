"""Every write to departments and to the places in them."""

from departments.services.departments import (
    archive_department,
    create_department,
    make_general,
    update_department,
)
from departments.services.members import (
    Placement,
    add_department_member,
    leave_departments,
    own_department_ids,
    remove_department_member,
    vacate_headships,
)

__all__ = [
    "Placement",
    "add_department_member",
    "archive_department",
    "create_department",
    "leave_departments",
    "make_general",
    "own_department_ids",
    "remove_department_member",
    "update_department",
    "vacate_headships",
]
