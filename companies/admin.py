"""Companies as platform staff see them: looked at here, moved by services."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.choices import MOVES, Status
from companies.models import Company
from companies.services import (
    approve_company,
    delete_company,
    reject_company,
    restore_company,
    suspend_company,
)
from tokdesk.common.admin_base import (
    NOTHING,
    badge,
    isolated,
    latin,
    moment,
    person_text,
    required_staff,
)
from tokdesk.common.admin_moves import Move, MovesAdmin, ReasonForm
from tokdesk.common.errors import TokDeskError
from tokdesk.common.policy import explain

TONES = {
    Status.PENDING: "warn",
    Status.ACTIVE: "ok",
    Status.REJECTED: "quiet",
    Status.SUSPENDED: "bad",
}


class ConfirmedFilter(admin.SimpleListFilter):
    title = gettext_lazy("contact address")
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Confirmed")), ("no", _("Not confirmed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(email_confirmed_at__isnull=self.value() == "no")


class DeleteForm(ReasonForm):
    slug = forms.CharField(
        label=gettext_lazy("Address of the company, typed to confirm"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )

    def clean_slug(self) -> str:
        typed: str = self.cleaned_data["slug"]
        if typed != self.row.slug:
            raise ValidationError(_("This is not the address of the company."), code="mismatch")
        return typed


def unconfirmed(company: Company) -> Any:
    waits = company.email_confirmed_at is None
    return gettext_lazy("The contact address is not confirmed yet.") if waits else ""


APPROVE = Move(
    name="approve",
    code="company:approve",
    label=gettext_lazy("Approve"),
    title=gettext_lazy("Approve %(row)s?"),
    effect=gettext_lazy("Its people can sign in from now on."),
    done=gettext_lazy("%(row)s is approved."),
    work=lambda actor, company, answers: approve_company(actor=actor, company=company),
    fits=lambda company: company.status == Status.PENDING,
    hindrance=unconfirmed,
)
REJECT = Move(
    name="reject",
    code="company:reject",
    label=gettext_lazy("Reject"),
    title=gettext_lazy("Reject %(row)s?"),
    effect=gettext_lazy("The founder can correct the request and hand it in again."),
    done=gettext_lazy("%(row)s is rejected."),
    work=lambda actor, company, answers: reject_company(
        actor=actor, company=company, reason=answers["reason"]
    ),
    fits=lambda company: Status.REJECTED in MOVES[company.status],
    form=ReasonForm,
    is_harmful=True,
)
SUSPEND = Move(
    name="suspend",
    code="company:suspend",
    label=gettext_lazy("Suspend"),
    title=gettext_lazy("Suspend %(row)s?"),
    effect=gettext_lazy("Everybody of the company is signed out at once. Its data is kept."),
    done=gettext_lazy("%(row)s is suspended."),
    work=lambda actor, company, answers: suspend_company(
        actor=actor, company=company, reason=answers["reason"]
    ),
    fits=lambda company: Status.SUSPENDED in MOVES[company.status],
    form=ReasonForm,
    is_harmful=True,
)
RESTORE = Move(
    name="restore",
    code="company:restore",
    label=gettext_lazy("Restore"),
    title=gettext_lazy("Restore %(row)s?"),
    effect=gettext_lazy("The suspension ends, and its people can sign in again."),
    done=gettext_lazy("%(row)s is restored."),
    work=lambda actor, company, answers: restore_company(actor=actor, company=company),
    fits=lambda company: company.status == Status.SUSPENDED,
)
DELETE = Move(
    name="remove",
    code="company:delete",
    label=gettext_lazy("Delete"),
    title=gettext_lazy("Delete %(row)s?"),
    effect=gettext_lazy(
        "Everybody of the company is signed out at once, and its address is free for others. "
        "No mail is sent. Nobody can undo this here."
    ),
    done=gettext_lazy("%(row)s is deleted."),
    work=lambda actor, company, answers: delete_company(
        actor=actor, company=company, reason=answers["reason"]
    ),
    fits=lambda company: True,
    form=DeleteForm,
    is_harmful=True,
    leaves=True,
)


@admin.register(Company)
class CompanyAdmin(MovesAdmin):
    """Staff change nothing but the state: name, branding and settings are the company's own."""

    view_code = "company:view"
    moves = (APPROVE, REJECT, SUSPEND, RESTORE, DELETE)
    actions = ("approve_selected",)
    list_display = ("title", "address", "state", "contact", "confirmed", "created")
    list_filter = ("status", ConfirmedFilter, "language")
    search_fields = ("name", "slug", "email")
    search_help_text = gettext_lazy("Name, address or contact e-mail")
    fieldsets = (
        (None, {"fields": ("state", "reason", "status_changed_at", "created")}),
        (
            gettext_lazy("The company's own"),
            {
                "fields": (
                    "title",
                    "address",
                    "contact",
                    "email_confirmed_at",
                    "language",
                    "time_zone",
                    "theme",
                    "shown_colour",
                )
            },
        ),
    )
    readonly_fields = (
        "state",
        "reason",
        "created",
        "title",
        "address",
        "contact",
        "shown_colour",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return Company.objects.visible_to(required_staff(request))  # type: ignore[no-any-return]

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return explain(required_staff(request), "company:approve").allowed

    @admin.action(permissions=["approve"], description=gettext_lazy("Approve selected companies"))
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        approved = 0
        for company in queryset:
            try:
                approve_company(actor=required_staff(request), company=company)
                approved += 1
            except TokDeskError as error:
                messages.error(request, f"{isolated(company.name)}: {error.detail}")
        if approved:
            text = ngettext(
                "%(number)s company is approved.", "%(number)s companies are approved.", approved
            )
            messages.success(request, text % {"number": approved})

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def title(self, company: Company) -> SafeString:
        return person_text(company.name)

    @admin.display(description=gettext_lazy("address"), ordering="slug")
    def address(self, company: Company) -> SafeString:
        return latin(company.slug)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, company: Company) -> SafeString:
        return badge(company.get_status_display(), TONES[Status(company.status)])

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, company: Company) -> Any:
        return person_text(company.status_reason) if company.status_reason else NOTHING

    @admin.display(description=gettext_lazy("contact e-mail"), ordering="email")
    def contact(self, company: Company) -> SafeString:
        return latin(company.email)

    @admin.display(description=gettext_lazy("address confirmed"), ordering="email_confirmed_at")
    def confirmed(self, company: Company) -> SafeString:
        if company.email_confirmed_at is None:
            return badge(_("Not confirmed"), "warn")
        return badge(_("Confirmed"), "ok")

    @admin.display(description=gettext_lazy("colour"))
    def shown_colour(self, company: Company) -> Any:
        return latin(company.colour) if company.colour else NOTHING

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, company: Company) -> str:
        return moment(company.created_at)
