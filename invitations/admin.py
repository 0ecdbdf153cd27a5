"""Invitations that platform staff sent: how they help a company to an admin.

Whom a company invites by itself is its own matter and not shown here.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import ValidationError

from companies.choices import Status as CompanyStatus
from companies.models import Company
from invitations.choices import MOVES, Status
from invitations.models import Invitation
from invitations.querysets import in_state
from invitations.services import invite_admin, resend, revoke
from tokdesk.common.admin_base import (
    NOTHING,
    badge,
    isolated,
    latin,
    moment,
    perform,
    person_text,
    required_staff,
    staff_of,
)
from tokdesk.common.admin_moves import Move, MovesAdmin
from tokdesk.common.api.fields import AddressField
from tokdesk.common.policy import explain

TONES = {
    Status.PENDING: "warn",
    Status.ACCEPTED: "ok",
    Status.REVOKED: "bad",
    Status.EXPIRED: "quiet",
}
INVITE = "member:invite"


class AdminInvitationForm(forms.Form):
    company = forms.CharField(
        label=gettext_lazy("Address of the company"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail of its new admin"),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def clean_company(self) -> Company:
        slug = self.cleaned_data["company"].lower()
        company: Company | None = Company.objects.living().filter(slug=slug).first()
        if company is None or company.status != CompanyStatus.ACTIVE:
            raise forms.ValidationError(_("There is no active company of this address."))
        return company

    def clean_email(self) -> str:
        try:
            return str(AddressField().run_validation(self.cleaned_data["email"]))
        except ValidationError as error:
            raise forms.ValidationError(_("Enter a valid e-mail address.")) from error


RESEND = Move(
    name="resend",
    code=INVITE,
    label=gettext_lazy("Send again"),
    title=gettext_lazy("Send the invitation to %(row)s again?"),
    effect=gettext_lazy("A new link is mailed and holds for a week. The old one opens nothing."),
    done=gettext_lazy("A new link is on its way to %(row)s."),
    work=lambda actor, invitation, answers: resend(actor=actor, invitation=invitation),
    fits=lambda invitation: invitation.state in (Status.PENDING, Status.EXPIRED),
)
REVOKE = Move(
    name="revoke",
    code=INVITE,
    label=gettext_lazy("Revoke"),
    title=gettext_lazy("Revoke the invitation of %(row)s?"),
    effect=gettext_lazy("The mailed link opens nothing any more."),
    done=gettext_lazy("The invitation of %(row)s is revoked."),
    work=lambda actor, invitation, answers: revoke(actor=actor, invitation=invitation),
    fits=lambda invitation: Status.REVOKED in MOVES[invitation.state],
    is_harmful=True,
)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return list(Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        return in_state(queryset, state) if state in Status.values else queryset


@admin.register(Invitation)
class InvitationAdmin(MovesAdmin):
    view_code = INVITE
    moves = (RESEND, REVOKE)
    list_display = ("address", "company_name", "state_badge", "inviter", "sent", "valid_until")
    list_filter = (StateFilter,)
    search_fields = ("email", "company__name", "company__slug")
    search_help_text = gettext_lazy("E-mail, or name or address of the company")
    fields = ("address", "company_name", "state_badge", "inviter", "sent", "valid_until")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = Invitation.objects.visible_to(required_staff(request))
        return rows.select_related("company", "staff_inviter")  # type: ignore[no-any-return]

    def has_add_permission(self, request: HttpRequest) -> bool:
        actor = staff_of(request)
        return actor is not None and explain(actor, INVITE).allowed

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Asked by GET, with the company where the link named one; done by POST."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return require_http_methods(["GET", "HEAD", "POST"])(self._add)(request)

    def _add(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            named = {"company": request.GET.get("company", "")}
            return self._ask(request, AdminInvitationForm(initial=named))
        form = AdminInvitationForm(request.POST)
        if not form.is_valid():
            return self._ask(request, form)
        given = form.cleaned_data
        done = _("%(email)s is invited.") % {"email": isolated(given["email"])}
        invited = perform(request, lambda actor: invite_admin(actor=actor, **given), done)
        return HttpResponseRedirect(self.list_url()) if invited else self._ask(request, form)

    def _ask(self, request: HttpRequest, form: AdminInvitationForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Invite an admin"),
            "opts": self.opts,
            "form": form,
            "list_url": self.list_url(),
        }
        return TemplateResponse(request, "admin/invitations/invitation/invite.html", context)

    @admin.display(description=gettext_lazy("e-mail"), ordering="email")
    def address(self, invitation: Invitation) -> SafeString:
        return latin(invitation.email)

    @admin.display(description=gettext_lazy("company"), ordering="company__name")
    def company_name(self, invitation: Invitation) -> SafeString:
        return person_text(invitation.company.name)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state_badge(self, invitation: Invitation) -> SafeString:
        state = Status(invitation.state)
        return badge(state.label, TONES[state])

    @admin.display(description=gettext_lazy("invited by"))
    def inviter(self, invitation: Invitation) -> SafeString:
        staff = invitation.staff_inviter
        return person_text(staff.name) if staff else SafeString(NOTHING)

    @admin.display(description=gettext_lazy("sent"), ordering="sent_at")
    def sent(self, invitation: Invitation) -> str:
        return moment(invitation.sent_at)

    @admin.display(description=gettext_lazy("valid until"), ordering="expires_at")
    def valid_until(self, invitation: Invitation) -> str:
        return moment(invitation.expires_at)
