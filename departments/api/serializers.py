"""Shapes of departments on the wire."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.api.serializers import Person
from accounts.models import Membership
from departments.models import Department
from departments.querysets import LONGEST_NAME
from tokdesk.common.actor import Actor
from tokdesk.common.api.fields import (
    NameField,
    StrictBooleanField,
    StrictIntegerField,
    TextField,
    VisibleField,
)
from tokdesk.common.api.serializers import StrictSerializer


def visible_people(actor: Actor) -> QuerySet[Any]:
    return Membership.objects.visible_to(actor)


def visible_departments(actor: Actor) -> QuerySet[Any]:
    return Department.objects.visible_to(actor)


# In


class DepartmentInput(StrictSerializer):
    name = NameField(max_length=LONGEST_NAME)
    description = TextField(max_length=2000, required=False, allow_blank=True)
    head = VisibleField(visible_people, required=False, allow_null=True)


class DepartmentPatch(DepartmentInput):
    name = NameField(max_length=LONGEST_NAME, required=False)
    is_default = StrictBooleanField(required=False)
    version = StrictIntegerField(required=False, min_value=1, max_value=2**31 - 1)


class Archive(StrictSerializer):
    move_to = VisibleField(visible_departments)


class NewMember(StrictSerializer):
    member = VisibleField(visible_people)


# Out


class DepartmentBrief(serializers.ModelSerializer):
    """What a customer may know of a department."""

    class Meta:
        model = Department
        fields = ("id", "name", "description")
        read_only_fields = fields


class DepartmentOutput(serializers.ModelSerializer):
    """The whole department, for staff; `member_count` counts the active staff placed in it."""

    head = Person(allow_null=True)
    # An archived one has no members, and the row that its service returns no count.
    member_count = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = Department
        fields = (
            "id",
            "name",
            "description",
            "head",
            "is_default",
            "member_count",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields
