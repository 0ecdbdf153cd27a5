"""REST of invitations: sent by those who may, used by whoever holds the mail."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import SignedInOutput
from accounts.choices import MemberRole
from accounts.services.sessions import sign_in_member
from invitations.api.serializers import (
    AcceptInput,
    BatchOutput,
    InvitationInput,
    InvitationOutput,
    InvitationsInput,
    PreviewInput,
    PreviewOutput,
    stored_form,
)
from invitations.choices import Status
from invitations.models import Invitation
from invitations.querysets import in_state, to_address
from invitations.services import (
    accept,
    batch_again,
    invite,
    invite_many,
    preview,
    resend,
    revoke,
)
from tokdesk.common.api.filters import Filter, WrongValue, choice_filter, uuid_filter
from tokdesk.common.api.permissions import PUBLIC
from tokdesk.common.api.views import BaseAPIView
from tokdesk.common.api.viewsets import BaseViewSet

_BY_STATUS = choice_filter(Status.values, "status")


def _read_address(text: str) -> str:
    email = stored_form(text)
    if email is None:
        raise WrongValue
    return email


@extend_schema(tags=["invitations"])
class InvitationViewSet(BaseViewSet):
    """Whom the company has invited, the newest first."""

    serializer_class = InvitationOutput
    permission_codes: ClassVar = {
        "list": "member:invite",
        "retrieve": "member:invite",
        "create": "member:invite",
        "bulk": "member:invite",
        "resend": "member:invite",
        "revoke": "member:invite",
    }
    inputs: ClassVar = {"create": InvitationInput, "bulk": InvitationsInput}
    outputs: ClassVar = {"bulk": BatchOutput}
    filters: ClassVar = {
        "status": Filter(
            _BY_STATUS.read, lambda rows, value, actor: in_state(rows, value), _BY_STATUS.schema
        ),
        "role": choice_filter(MemberRole.values, "role"),
        "email": Filter(
            _read_address,
            lambda rows, email, actor: to_address(rows, email),
            {"type": "string", "format": "email"},
        ),
        "department": uuid_filter("department"),
    }

    def get_queryset(self) -> QuerySet[Any]:
        return Invitation.objects.visible_to(self.actor).with_people()

    def create(self, request: Request) -> Response:
        made = invite(actor=self.actor, **self.read())
        return self.answer(self.find(made.pk))

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Invite many at once; each address has an outcome, and none stops the others.

        `already_member` stands for everybody whom a single invitation refuses as a person of the
        company: also for those whose access was withdrawn, to whom it is given back instead.
        """
        return self.answer(invite_many(actor=self.actor, **self.read()))

    @action(detail=True, methods=["post"])
    def resend(self, request: Request, pk: str) -> Response:
        sent = resend(actor=self.actor, invitation=self.get_object())
        return self.answer(self.find(sent.pk))

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        revoked = revoke(actor=self.actor, invitation=self.get_object())
        return self.answer(self.find(revoked.pk))

    def render_replay(self, object_id: UUID | None) -> Response:
        if self.operation != "bulk" or object_id is None:
            return super().render_replay(object_id)
        emails = self.read()["emails"]
        return self.answer(batch_again(actor=self.actor, batch_id=object_id, emails=emails))


class _PublicView(BaseAPIView):
    """One deed of whoever holds a mailed token."""

    needs_company = False
    permission_codes: ClassVar = {"post": PUBLIC}


@extend_schema(tags=["invitations"])
class PreviewView(_PublicView):
    inputs: ClassVar = {"post": PreviewInput}
    serializer_class = PreviewOutput

    def post(self, request: Request) -> Response:
        return self.answer(preview(actor=self.actor, **self.read()))


@extend_schema(tags=["invitations"])
class AcceptView(_PublicView):
    """An address that has an account is proven by its password, or by its session's own token."""

    inputs: ClassVar = {"post": AcceptInput}
    serializer_class = SignedInOutput
    success_status: ClassVar = {"post": 201}

    def post(self, request: Request) -> Response:
        member = accept(actor=self.actor, **self.read())
        return self.answer(sign_in_member(actor=self.actor, member=member))
