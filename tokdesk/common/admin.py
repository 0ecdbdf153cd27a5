"""The log of everything that happened, for staff to read."""

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tokdesk.common import admin_jobs
from tokdesk.common.actor import ActorKind
from tokdesk.common.admin_base import NOTHING, ReadOnlyAdmin, latin, moment, person_text
from tokdesk.common.events import FACTS, shown_payload
from tokdesk.common.models import Event

__all__ = ["EventAdmin", "admin_jobs"]


class TypeFilter(admin.SimpleListFilter):
    """Choices from the registry: asking the rows for their types would read the whole log."""

    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in sorted(FACTS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(type=self.value()) if self.value() else queryset


class ActorKindFilter(admin.SimpleListFilter):
    title = _("by whom")
    parameter_name = "actor_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ACTOR_KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(actor_kind=self.value()) if self.value() else queryset


ACTOR_KINDS: dict[str, Any] = {
    ActorKind.PLATFORM: _("Platform staff"),
    ActorKind.MEMBER: _("Somebody of the company"),
    ActorKind.ANONYMOUS: _("Not signed in"),
    ActorKind.SYSTEM: _("TokDesk itself"),
    ActorKind.AUTOMATION: _("A rule"),
    ActorKind.VISITOR: _("A visitor"),
    ActorKind.API_KEY: _("An API key"),
}


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Ids are ordered by time, so the primary key sorts and pages a log of any length."""

    view_code = "audit:view"
    list_display = ("when", "kind", "company_name", "about", "by_whom")
    list_display_links = ("when", "kind")
    list_filter = (TypeFilter, ActorKindFilter, "at")
    list_select_related = ("company",)
    search_fields = ("=company__slug", "=stream", "=request_id")
    search_help_text = _("The address of a company, a stream or a request id, in full.")
    ordering = ("-id",)
    sortable_by: ClassVar[tuple[str, ...]] = ()
    fields = ("when", "kind", "company_name", "about", "facts", "by_whom", "account", "request")
    readonly_fields = fields

    @admin.display(description=_("time"))
    def when(self, event: Event) -> str:
        return moment(event.at)

    @admin.display(description=_("type"))
    def kind(self, event: Event) -> SafeString:
        return latin(event.type)

    @admin.display(description=_("company"))
    def company_name(self, event: Event) -> Any:
        return person_text(event.company.name) if event.company else NOTHING

    @admin.display(description=_("stream"))
    def about(self, event: Event) -> SafeString:
        return latin(event.stream)

    @admin.display(description=_("by whom"))
    def by_whom(self, event: Event) -> Any:
        return ACTOR_KINDS.get(event.actor_kind, event.actor_kind)

    @admin.display(description=_("account"))
    def account(self, event: Event) -> Any:
        return latin(event.actor_user) if event.actor_user else NOTHING

    @admin.display(description=_("request id"))
    def request(self, event: Event) -> SafeString:
        return latin(event.request_id)

    @admin.display(description=_("facts"))
    def facts(self, event: Event) -> SafeString:
        shown = shown_payload(event)
        text = json.dumps(shown, indent=2, ensure_ascii=False, sort_keys=True)
        return format_html('<pre dir="ltr">{}</pre>', text)
