"""Shapes of companies on the wire."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from companies.choices import Language, Theme
from companies.models import Company
from tokdesk.common.api.fields import (
    LineField,
    StrictBooleanField,
    StrictIntegerField,
    TextField,
    TimeZoneField,
)
from tokdesk.common.api.serializers import StrictSerializer


class Branding(StrictSerializer):
    """How the company looks to its customers; the logo joins it with uploads."""

    colour = serializers.RegexField(r"^#[0-9a-fA-F]{6}\Z", required=False, allow_blank=True)


class CompanyBranding(serializers.ModelSerializer):
    """What a customer may know of the company."""

    branding = Branding(source="*", read_only=True)

    class Meta:
        model = Company
        fields = ("id", "name", "slug", "language", "theme", "branding")
        read_only_fields = fields


class CompanySettings(StrictSerializer):
    customer_registration = StrictBooleanField(
        required=False, help_text=_("Whether customers may register themselves.")
    )
    agents_assign = StrictBooleanField(
        required=False,
        help_text=_("Whether agents may give conversations to colleagues of the department."),
    )
    agents_see_colleagues = StrictBooleanField(
        required=False,
        help_text=_("Whether agents see the conversations that colleagues of the department have."),
    )
    close_after_days = StrictIntegerField(
        required=False,
        min_value=1,
        max_value=365,
        help_text=_("How many days after it was resolved a conversation is closed."),
    )


class CompanyOutput(serializers.ModelSerializer):
    """The whole company, for its own staff and for platform staff."""

    branding = Branding(source="*", read_only=True)
    settings = CompanySettings(source="effective_settings", read_only=True)

    class Meta:
        model = Company
        fields = (
            "id",
            "name",
            "slug",
            "email",
            "status",
            "status_reason",
            "status_changed_at",
            "email_confirmed_at",
            "language",
            "theme",
            "time_zone",
            "branding",
            "settings",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class CompanyPatch(StrictSerializer):
    name = LineField(max_length=120, required=False)
    language = serializers.ChoiceField(Language.choices, required=False)
    theme = serializers.ChoiceField(Theme.choices, required=False)
    time_zone = TimeZoneField(required=False)
    branding = Branding(required=False)
    settings = CompanySettings(required=False)
    version = StrictIntegerField(required=False, min_value=1, max_value=2**31 - 1)


class Reason(StrictSerializer):
    reason = TextField(max_length=500)
