"""REST of signing in and out, passwords, sign-up and one's own account."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import serializers as shapes
from accounts.choices import EndReason
from accounts.doors import company_of_founder
from accounts.models import Session, User
from accounts.services.passwords import change_password, forget_password, reset_password
from accounts.services.profile import me_of, set_preferences, update_profile
from accounts.services.registration import (
    confirm_company,
    confirm_customer,
    register_customer,
    resend_confirmation,
    resubmit_sign_up,
    sign_up_company,
)
from accounts.services.sessions import (
    end_session,
    live_session,
    refresh_session,
    sign_in,
    sign_in_member,
    switch_company,
)
from tokdesk.common.api.permissions import PUBLIC
from tokdesk.common.api.views import BaseAPIView
from tokdesk.common.api.viewsets import BaseViewSet


class _PublicView(BaseAPIView):
    """One deed that nobody need be signed in for."""

    needs_company = False
    permission_codes: ClassVar = {"post": PUBLIC}


@extend_schema(tags=["auth"])
class LoginView(_PublicView):
    inputs: ClassVar = {"post": shapes.Login}
    serializer_class = shapes.SignedInOutput

    def post(self, request: Request) -> Response:
        return self.answer(sign_in(actor=self.actor, **self.read()))


@extend_schema(tags=["auth"])
class RefreshView(_PublicView):
    inputs: ClassVar = {"post": shapes.Refresh}
    serializer_class = shapes.TokenPairOutput

    def post(self, request: Request) -> Response:
        return self.answer(refresh_session(actor=self.actor, token=self.read()["refresh"]))


@extend_schema(tags=["auth"])
class SwitchView(BaseAPIView):
    needs_company = False
    permission_codes: ClassVar = {"post": None}
    inputs: ClassVar = {"post": shapes.Switch}
    serializer_class = shapes.SignedInOutput

    def post(self, request: Request) -> Response:
        return self.answer(switch_company(actor=self.actor, **self.read()))


@extend_schema(tags=["auth"])
class LogoutView(BaseAPIView):
    needs_company = False
    permission_codes: ClassVar = {"post": None}
    success_status: ClassVar = {"post": 204}

    def post(self, request: Request) -> Response:
        end_session(actor=self.actor, session=live_session(self.actor.session_id))
        return self.no_content()


@extend_schema(tags=["auth"])
class ForgotPasswordView(_PublicView):
    inputs: ClassVar = {"post": shapes.ForgottenPassword}
    success_status: ClassVar = {"post": 202}

    def post(self, request: Request) -> Response:
        forget_password(actor=self.actor, **self.read())
        return Response(status=202)


@extend_schema(tags=["auth"])
class ResetPasswordView(_PublicView):
    inputs: ClassVar = {"post": shapes.PasswordByToken}
    success_status: ClassVar = {"post": 204}

    def post(self, request: Request) -> Response:
        reset_password(actor=self.actor, **self.read())
        return self.no_content()


@extend_schema(tags=["auth"])
class ChangePasswordView(BaseAPIView):
    needs_company = False
    permission_codes: ClassVar = {"post": None}
    inputs: ClassVar = {"post": shapes.PasswordChange}
    success_status: ClassVar = {"post": 204}

    def post(self, request: Request) -> Response:
        user = User.objects.visible_to(self.actor).get()
        change_password(actor=self.actor, user=user, **self.read())
        return self.no_content()


@extend_schema(tags=["auth"])
class RegisterView(_PublicView):
    inputs: ClassVar = {"post": shapes.CustomerRegistration}
    success_status: ClassVar = {"post": 202}

    def post(self, request: Request) -> Response:
        register_customer(actor=self.actor, **self.read())
        return Response(status=202)


@extend_schema(tags=["auth"])
class ConfirmRegistrationView(_PublicView):
    inputs: ClassVar = {"post": shapes.Token}
    serializer_class = shapes.SignedInOutput
    success_status: ClassVar = {"post": 201}

    def post(self, request: Request) -> Response:
        member = confirm_customer(actor=self.actor, **self.read())
        return self.answer(sign_in_member(actor=self.actor, member=member))


class CompanySignUpMixin(BaseViewSet):
    """`POST companies/`, put together with the platform's list in `tokdesk/urls.py`."""

    permission_codes: ClassVar = {"create": PUBLIC}
    needs_company = False
    inputs: ClassVar = {"create": shapes.CompanySignUp}
    outputs: ClassVar = {"create": shapes.SignedUpCompany}

    def create(self, request: Request) -> Response:
        given = self.read()
        admin = given.pop("admin")
        company = sign_up_company(
            actor=self.actor,
            admin_name=admin["name"],
            admin_email=admin["email"],
            password=admin["password"],
            **given,
        )
        return self.answer(company)

    def render_replay(self, object_id: UUID | None) -> Response:
        if self.operation == "create":
            return self.answer(company_of_founder(object_id))
        return super().render_replay(object_id)


class _FounderView(_PublicView):
    """Deeds of a founder who cannot sign in yet."""

    serializer_class = shapes.SignedUpCompany
    idempotent = True

    def render_replay(self, object_id: UUID | None) -> Response:
        return self.answer(company_of_founder(object_id))


@extend_schema(tags=["companies"])
class ConfirmCompanyView(_FounderView):
    inputs: ClassVar = {"post": shapes.Token}

    def post(self, request: Request) -> Response:
        return self.answer(confirm_company(actor=self.actor, **self.read()))


@extend_schema(tags=["companies"])
class ResendConfirmationView(_PublicView):
    """A new link for a founder whose mail was lost; the password keeps strangers from asking."""

    inputs: ClassVar = {"post": shapes.FounderCredentials}
    success_status: ClassVar = {"post": 202}

    def post(self, request: Request) -> Response:
        resend_confirmation(actor=self.actor, **self.read())
        return Response(status=202)


@extend_schema(tags=["companies"])
class ResubmitCompanyView(_FounderView):
    inputs: ClassVar = {"post": shapes.CompanyResubmission}

    def post(self, request: Request) -> Response:
        given = self.read()
        email, password = given.pop("email"), given.pop("password")
        company = resubmit_sign_up(actor=self.actor, email=email, password=password, changes=given)
        return self.answer(company)


@extend_schema(tags=["me"])
class MeView(BaseAPIView):
    needs_company = False
    permission_codes: ClassVar = {"get": None, "patch": None}
    inputs: ClassVar = {"patch": shapes.MePatch}
    serializer_class = shapes.MeOutput

    def get(self, request: Request) -> Response:
        return self.answer(me_of(live_session(self.actor.session_id)))

    def patch(self, request: Request) -> Response:
        changes, expected = self.read_changes()
        update_profile(actor=self.actor, changes=changes, expected=expected)
        return self.answer(me_of(live_session(self.actor.session_id)))


@extend_schema(tags=["me"])
class PreferencesView(BaseAPIView):
    needs_company = False
    permission_codes: ClassVar = {"get": None, "put": None}
    inputs: ClassVar = {"put": shapes.Preferences}
    serializer_class = shapes.Preferences

    def get(self, request: Request) -> Response:
        return self.answer(User.objects.visible_to(self.actor).get().preferences)

    def put(self, request: Request) -> Response:
        return self.answer(set_preferences(actor=self.actor, preferences=self.read()).preferences)


@extend_schema(tags=["me"])
class OwnSessionViewSet(BaseViewSet):
    """The devices on which a person is signed in, in whatever company."""

    needs_company = False
    permission_codes: ClassVar = {"list": None, "destroy": None}
    serializer_class = shapes.SessionOutput

    def get_queryset(self) -> QuerySet[Any]:
        sessions = Session.objects.visible_to(self.actor).live(timezone.now())
        rows: QuerySet[Any] = sessions.with_company()
        return rows

    def destroy(self, request: Request, pk: str) -> Response:
        reason = EndReason.REVOKED
        end_session(actor=self.actor, session=self.get_object(), reason=reason)
        return self.no_content()
