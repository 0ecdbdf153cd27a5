"""Conversations as platform staff see them: that they are there and how they move, never a word.

Reading what somebody wrote is no right of the platform's.
"""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.choices import NEVER, Kind, Status
from conversations.models import Conversation, Message
from tokdesk.common.admin_base import NOTHING, ReadOnlyAdmin, badge, latin, moment, person_text

TONES = {
    Status.OPEN: "warn",
    Status.PENDING: "quiet",
    Status.ON_HOLD: "quiet",
    Status.RESOLVED: "ok",
    Status.CLOSED: "ok",
}
SHOWN_MESSAGES = 50


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    view_code = "company:view"
    list_display = (
        "title",
        "company_name",
        "kind_name",
        "state",
        "department_name",
        "messages_count",
        "waiting",
        "activity",
    )
    list_filter = ("kind", "status", "channel", "is_archived")
    search_fields = ("=number", "company__name", "=company__slug")
    search_help_text = gettext_lazy("Number or id, or name or address of the company")
    ordering = ("-last_activity_at", "-id")
    fields = (
        "title",
        "row_id",
        "company_name",
        "kind_name",
        "channel",
        "state",
        "department_name",
        "assignee_name",
        "waiting",
        "activity",
        "created",
        "head",
        "masked_messages",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = Conversation.objects.all()
        return rows.select_related("company", "department", "assignee")  # type: ignore[no-any-return]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # By its key: MongoDB compares no part of one, and elsewhere no index would.
        with suppress(ValueError):
            return queryset.filter(pk=UUID(search_term.strip())), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("conversation"), ordering="number")
    def title(self, row: Conversation) -> SafeString:
        return latin(str(row))

    @admin.display(description=gettext_lazy("id"))
    def row_id(self, row: Conversation) -> SafeString:
        return latin(row.pk)

    @admin.display(description=gettext_lazy("company"), ordering="company__name")
    def company_name(self, row: Conversation) -> SafeString:
        return person_text(row.company.name)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_name(self, row: Conversation) -> str:
        return str(Kind(row.kind).label)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, row: Conversation) -> Any:
        return badge(Status(row.status).label, TONES[Status(row.status)]) if row.status else NOTHING

    @admin.display(description=gettext_lazy("department"))
    def department_name(self, row: Conversation) -> Any:
        return person_text(row.department.name) if row.department else NOTHING

    @admin.display(description=gettext_lazy("assignee"))
    def assignee_name(self, row: Conversation) -> Any:
        return person_text(row.assignee.name) if row.assignee else NOTHING

    @admin.display(description=gettext_lazy("messages"), ordering="message_count")
    def messages_count(self, row: Conversation) -> int:
        return int(row.message_count)

    @admin.display(description=gettext_lazy("waiting since"), ordering="waiting_since")
    def waiting(self, row: Conversation) -> str:
        return NOTHING if row.waiting_since == NEVER else moment(row.waiting_since)

    @admin.display(description=gettext_lazy("last activity"), ordering="last_activity_at")
    def activity(self, row: Conversation) -> str:
        return moment(row.last_activity_at)

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, row: Conversation) -> str:
        return moment(row.created_at)

    @admin.display(description=gettext_lazy("entries in the log"))
    def head(self, row: Conversation) -> SafeString:
        return latin(row.last_seq)

    @admin.display(description=gettext_lazy("newest messages"))
    def masked_messages(self, row: Conversation) -> Any:
        """Who said something when, and how long it was; the text itself is nobody's here."""
        rows = Message.objects.of_conversation(row).with_people().order_by("-seq")[:SHOWN_MESSAGES]
        return format_lines([masked_line(message) for message in rows]) or NOTHING


def masked_line(message: Message) -> tuple[str, str, str]:
    author = message.author.name if message.author else _("The desk itself")
    length = ngettext("%(count)d character", "%(count)d characters", len(message.body))
    what = _("Deleted") if message.is_deleted else length % {"count": len(message.body)}
    return moment(message.created_at), author, what


def format_lines(lines: list[tuple[str, str, str]]) -> SafeString:
    return format_html_join("", "<div>{} · <bdi dir='auto'>{}</bdi> · {}</div>", lines)
