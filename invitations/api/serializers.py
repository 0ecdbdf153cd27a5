"""Shapes of invitations on the wire."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.api.serializers import MailedToken, Person, RoleField
from accounts.choices import MemberRole
from companies.models import Company
from departments.api.serializers import visible_departments
from departments.models import Department
from invitations.choices import Outcome, Status
from invitations.models import Invitation
from invitations.services.batches import LARGEST_BATCH, Address
from tokdesk.common.api.fields import AddressField, LineField, PasswordField, VisibleField
from tokdesk.common.api.serializers import StrictSerializer


def stored_form(text: str) -> str | None:
    """The address as rows have it; None for what is none."""
    try:
        return str(AddressField().run_validation(text))
    except ValidationError:
        return None


class TypedAddress(serializers.CharField):
    """Whatever somebody pasted: what is no address is told in the results, beside the others."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


# In


class InvitationInput(StrictSerializer):
    email = AddressField()
    role = RoleField()
    department = VisibleField(visible_departments, required=False, allow_null=True)


class InvitationsInput(StrictSerializer):
    emails = serializers.ListField(
        child=TypedAddress(allow_blank=True, trim_whitespace=False),
        min_length=1,
        max_length=LARGEST_BATCH,
        help_text=_("Each has a result of its own, in this order."),
    )
    role = RoleField()
    department = VisibleField(visible_departments, required=False, allow_null=True)

    def validate_emails(self, emails: list[str]) -> list[Address]:
        return [Address(each, stored_form(each)) for each in emails]


class PreviewInput(StrictSerializer):
    token = MailedToken()


class AcceptInput(StrictSerializer):
    token = MailedToken()
    name = LineField(
        max_length=120, required=False, help_text=_("For an address that has no account yet.")
    )
    password = PasswordField(
        required=False, help_text=_("The new account's, or the one of the account that exists.")
    )


# Out


class DepartmentName(serializers.ModelSerializer):
    class Meta:
        model = Department
        fields = ("id", "name")
        read_only_fields = fields


class InvitationOutput(serializers.ModelSerializer):
    """An invitation without its token, which travels by mail alone."""

    department = DepartmentName(allow_null=True)
    invited_by = Person(allow_null=True)
    status = serializers.ChoiceField(source="state", choices=Status.choices, read_only=True)
    accepted_by = Person(allow_null=True)

    class Meta:
        model = Invitation
        fields = (
            "id",
            "email",
            "role",
            "department",
            "invited_by",
            "status",
            "expires_at",
            "sent_at",
            "accepted_by",
            "accepted_at",
            "version",
            "created_at",
        )
        read_only_fields = fields


class ResultOutput(serializers.Serializer):
    email = serializers.CharField(help_text=_("As it was sent."))
    outcome = serializers.ChoiceField(Outcome.choices)
    invitation = InvitationOutput(required=False)

    def to_representation(self, result: Any) -> Any:
        shown = super().to_representation(result)
        if result.invitation is None:
            del shown["invitation"]
        return shown


class BatchOutput(serializers.Serializer):
    results = ResultOutput(many=True)


class InvitingCompany(serializers.ModelSerializer):
    class Meta:
        model = Company
        fields = ("name", "slug", "colour")
        read_only_fields = fields


class PreviewOutput(serializers.Serializer):
    """What the holder of a token is told before coming in."""

    company = InvitingCompany()
    inviter = Person(allow_null=True)
    role = serializers.ChoiceField(MemberRole.choices)
    email = serializers.EmailField()
    account_exists = serializers.BooleanField()
