"""Shapes of the people of a company on the wire: its staff, and its customers."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import Person, RoleField
from accounts.choices import Availability
from accounts.models import Membership
from companies.choices import Language
from tokdesk.common.actor import Actor
from tokdesk.common.api.fields import AddressField, LineField, StrictIntegerField, VisibleField
from tokdesk.common.api.serializers import StrictSerializer

MOST_ATTRIBUTES = 50
LARGEST_NUMBER = 2**53
ATTRIBUTE_NAME = re.compile(r"[a-z0-9_]{1,40}\Z")
LARGEST_CAPACITY = 1000


@extend_schema_field(
    {
        "type": "object",
        "maxProperties": MOST_ATTRIBUTES,
        "propertyNames": {"pattern": "^[a-z0-9_]{1,40}$"},
        "additionalProperties": {
            "type": ["string", "number", "boolean", "null"],
            "maxLength": 500,
            "minimum": -LARGEST_NUMBER,
            "maximum": LARGEST_NUMBER,
        },
    }
)
class AttributesField(serializers.Field[Any, Any, Any, Any]):
    """A flat JSON object of what a company notes of a customer."""

    default_error_messages = {
        "invalid": _("Give an object of texts, numbers, true, false and null."),
        "invalid_name": _("A name has 1 to 40 small Latin letters, digits and underscores."),
        "max_length": _("At most 50 attributes."),
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            self.fail("invalid")
        if len(data) > MOST_ATTRIBUTES:
            self.fail("max_length")
        if not all(ATTRIBUTE_NAME.match(name) for name in data):
            self.fail("invalid_name")
        return {name: self._value(value) for name, value in data.items()}

    def to_representation(self, value: Any) -> Any:
        return value

    def _value(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return LineField(max_length=500, allow_blank=True).run_validation(value)
        if not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
            self.fail("invalid")
        return value


# In


class MemberPatch(StrictSerializer):
    role = RoleField(required=False)
    name = LineField(max_length=120, required=False)
    capacity = StrictIntegerField(
        required=False,
        min_value=0,
        max_value=LARGEST_CAPACITY,
        help_text=_("How many conversations are given to this person at a time."),
    )
    version = StrictIntegerField(required=False, min_value=1, max_value=2**31 - 1)


class Handover(StrictSerializer):
    reassign_to = VisibleField(
        lambda actor: Membership.objects.visible_to(actor),
        required=False,
        allow_null=True,
        help_text=_("Who takes over this person's conversations."),
    )


class ContactInput(StrictSerializer):
    name = LineField(max_length=120)
    email = AddressField(required=False, allow_blank=True)
    phone = LineField(required=False, allow_blank=True, max_length=40)
    language = serializers.ChoiceField(Language.choices, required=False)
    external_id = LineField(required=False, allow_blank=True, max_length=120)
    attributes = AttributesField(
        required=False, help_text=_("Replaced whole; at most 50 names with one value each.")
    )


class ContactPatch(ContactInput):
    version = StrictIntegerField(required=False, min_value=1, max_value=2**31 - 1)


# Out


class MemberDepartment(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class MemberOutput(Person):
    """One of the staff. Contact data is null for those who see names only."""

    PRIVATE = (
        *("email", "phone", "language", "external_id", "capacity", "attributes"),
        "last_used_at",
    )

    status = serializers.CharField()
    availability = serializers.SerializerMethodField()
    departments = serializers.SerializerMethodField()
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    language = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True)
    capacity = serializers.IntegerField(allow_null=True)
    attributes = AttributesField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = Membership
        fields = (
            *Person.Meta.fields,
            "status",
            "availability",
            "departments",
            "email",
            "phone",
            "language",
            "external_id",
            "capacity",
            "attributes",
            "last_used_at",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def to_representation(self, member: Membership) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(member)
        known = self.context["known_ids"]
        if known is not None and member.id not in known:
            shown.update(dict.fromkeys(self.PRIVATE))
        return shown

    @extend_schema_field(serializers.ChoiceField(Availability.choices))
    def get_availability(self, member: Membership) -> str:
        """Who is invisible looks offline to everybody else."""
        actor: Actor = self.context["actor"]
        hidden = member.availability == Availability.INVISIBLE and member.id != actor.member_id
        return Availability.OFFLINE.value if hidden else member.availability

    @extend_schema_field(MemberDepartment(many=True))
    def get_departments(self, member: Any) -> Any:
        departments = [place.department for place in member.department_places.all()]
        living = [each for each in departments if not each.is_deleted]
        ordered = sorted(living, key=lambda each: (each.name.casefold(), each.id))
        return MemberDepartment(ordered, many=True).data


class CustomerOutput(Person):
    """What the company knows of a customer; `is_registered` once the person has an account here."""

    is_registered = serializers.SerializerMethodField()
    attributes = AttributesField()

    class Meta:
        model = Membership
        fields = (
            *Person.Meta.fields,
            "email",
            "phone",
            "language",
            "external_id",
            "attributes",
            "status",
            "is_registered",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_is_registered(self, customer: Membership) -> bool:
        return customer.user_id is not None
