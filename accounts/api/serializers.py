"""Shapes of sign-in, sign-up and one's own account on the wire."""

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.choices import Availability, MemberRole
from accounts.models import Membership, Session, User
from accounts.services.members import UnknownRole
from companies.choices import Language, Theme
from companies.models import SLUG_PATTERN, Company
from tokdesk.common.api.fields import (
    AddressField,
    LineField,
    PasswordField,
    StrictBooleanField,
    StrictIntegerField,
    TimeZoneField,
)
from tokdesk.common.api.serializers import StrictSerializer
from tokdesk.common.roles import Role
from tokdesk.common.tokens import TOKEN_PATTERN

ROLES = [role.value for role in Role]


class RoleField(serializers.ChoiceField):
    """A role that a company can give."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=MemberRole.choices, **options)

    def to_internal_value(self, data: Any) -> Any:
        if data == Role.SUPER_ADMIN:
            raise UnknownRole(data)
        return super().to_internal_value(data)


class SlugField(LineField):
    """A path segment: small Latin letters, digits and inner hyphens."""

    default_error_messages = {"invalid": _("Use small letters, digits and hyphens.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=50, **options)
        pattern = rf"^{SLUG_PATTERN}\Z"
        self.validators.append(RegexValidator(pattern, message=self.error_messages["invalid"]))


class MailedToken(LineField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})
        self.validators.append(RegexValidator(TOKEN_PATTERN))


# In


class Login(StrictSerializer):
    email = AddressField()
    password = PasswordField()
    company = LineField(required=False, max_length=50, help_text=_("The company's address."))


class Refresh(StrictSerializer):
    refresh = LineField(max_length=2000)


class Switch(StrictSerializer):
    company = LineField(max_length=50)


class ForgottenPassword(StrictSerializer):
    email = AddressField()


class PasswordByToken(StrictSerializer):
    token = MailedToken()
    password = PasswordField()


class PasswordChange(StrictSerializer):
    current_password = PasswordField()
    password = PasswordField()


class CustomerRegistration(StrictSerializer):
    company = LineField(max_length=50)
    name = LineField(max_length=120)
    email = AddressField()
    password = PasswordField()
    language = serializers.ChoiceField(Language.choices, required=False)


class Token(StrictSerializer):
    token = MailedToken()


class Founder(StrictSerializer):
    name = LineField(max_length=120)
    email = AddressField()
    password = PasswordField()


class CompanySignUp(StrictSerializer):
    name = LineField(max_length=120)
    slug = SlugField()
    language = serializers.ChoiceField(Language.choices, required=False)
    admin = Founder()


class FounderCredentials(StrictSerializer):
    email = AddressField()
    password = PasswordField()


class CompanyResubmission(StrictSerializer):
    email = AddressField()
    password = PasswordField()
    name = LineField(max_length=120, required=False)
    slug = SlugField(required=False)
    language = serializers.ChoiceField(Language.choices, required=False)


class MePatch(StrictSerializer):
    name = LineField(max_length=120, required=False)
    language = serializers.ChoiceField(Language.choices, required=False)
    theme = serializers.ChoiceField(Theme.choices, required=False)
    time_zone = TimeZoneField(required=False)
    availability = serializers.ChoiceField(Availability.choices, required=False)
    version = StrictIntegerField(required=False, min_value=1, max_value=2**31 - 1)


class Preferences(StrictSerializer):
    """How the faces behave for this person; what is not given goes back to its default."""

    density = serializers.ChoiceField(["comfortable", "compact"], default="comfortable")
    send_key = serializers.ChoiceField(["enter", "mod_enter"], default="enter")
    sounds = serializers.ChoiceField(["off", "mine", "all"], default="mine")
    single_key_shortcuts = StrictBooleanField(default=True)
    reduced_motion = StrictBooleanField(default=False)
    undo_seconds = StrictIntegerField(default=10, min_value=0, max_value=20)
    auto_advance = StrictBooleanField(default=True)


# Out


class CompanyBrief(serializers.ModelSerializer):
    class Meta:
        model = Company
        fields = ("id", "name", "slug", "status")
        read_only_fields = fields


class SignedUpCompany(serializers.ModelSerializer):
    class Meta:
        model = Company
        fields = ("name", "slug", "status")
        read_only_fields = fields


class Account(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "name", "email", "language", "theme", "time_zone", "is_super_admin")
        read_only_fields = fields


class Person(serializers.ModelSerializer):
    """Somebody of the company, as every answer names people: by the membership id."""

    avatar = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = ("id", "name", "role", "avatar")
        read_only_fields = fields

    def get_avatar(self, member: Membership) -> str | None:
        """Uploads bring pictures; until then there is none."""
        return None


class OwnMembership(serializers.ModelSerializer):
    class Meta:
        model = Membership
        fields = ("id", "name", "email", "availability", "status")
        read_only_fields = fields


class CompanyChoice(serializers.Serializer):
    """One company of the person, as the switcher shows it."""

    id = serializers.UUIDField(source="company.id")
    name = serializers.CharField(source="company.name")
    slug = serializers.CharField(source="company.slug")
    status = serializers.CharField(source="company.status")
    role = serializers.CharField()
    member_id = serializers.UUIDField(source="id")


class TokenPairOutput(serializers.Serializer):
    access = serializers.CharField()
    refresh = serializers.CharField()
    access_expires_at = serializers.DateTimeField()


class SignedInOutput(serializers.Serializer):
    """A session and its person; rendered from services.sessions.SignedIn."""

    access = serializers.CharField(source="tokens.access")
    refresh = serializers.CharField(source="tokens.refresh")
    access_expires_at = serializers.DateTimeField(source="tokens.access_expires_at")
    user = Account(source="session.user")
    member = OwnMembership(source="session.member", allow_null=True)
    company = CompanyBrief(source="session.company", allow_null=True)
    role = serializers.ChoiceField(source="session.role", choices=ROLES)
    companies = CompanyChoice(source="memberships", many=True)


class MeOutput(serializers.Serializer):
    """Who one is here; rendered from the live session."""

    user = Account()
    member = OwnMembership(allow_null=True)
    company = CompanyBrief(allow_null=True)
    role = serializers.ChoiceField(choices=ROLES)
    permissions = serializers.DictField(child=serializers.BooleanField())
    version = serializers.IntegerField()


class SessionOutput(serializers.ModelSerializer):
    """A signed-in device; `renewed_at` is when it last got new tokens."""

    company = CompanyBrief(allow_null=True)
    renewed_at = serializers.DateTimeField(source="rotated_at")
    current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = (
            "id",
            "kind",
            "company",
            "created_at",
            "renewed_at",
            "expires_at",
            "ip",
            "user_agent",
            "current",
        )
        read_only_fields = fields

    def get_current(self, session: Session) -> bool:
        return bool(session.id == self.context["actor"].session_id)
