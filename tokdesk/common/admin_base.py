"""What the staff pages of every app rest on: rows are looked at, and changed by services alone."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tokdesk.common.actor import Actor
from tokdesk.common.errors import TokDeskError
from tokdesk.common.policy import explain
from tokdesk.common.security import note_denial

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Lists and shows; `view_code` says who may look. Nothing here adds, edits or deletes a row."""

    view_code: ClassVar[str]
    list_per_page = 50
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        actor = staff_of(request)
        return actor is not None and explain(actor, self.view_code, obj).allowed

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No patterns from the address: one of them can keep the database busy for minutes."""
        return "regex" not in lookup and super().lookup_allowed(lookup, value, request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A filter or a selection that cannot be read, typed by hand, shows the whole list."""
        try:
            return super().changelist_view(request, extra_context)
        except (ValidationError, ValueError, OverflowError, DataError):
            messages.error(request, _("This list cannot be narrowed like that."))
            return HttpResponseRedirect(self.list_url())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Events tell the history, on the row's own page; Django's log stays empty."""
        return HttpResponseRedirect(self.page_url(object_id))

    def page_url(self, row_id: Any) -> str:
        return reverse(f"admin:{self.url_name('change')}", args=[row_id])

    def list_url(self) -> str:
        return reverse(f"admin:{self.url_name('changelist')}")

    def url_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"


def staff_of(request: HttpRequest) -> Actor | None:
    """The member of platform staff whom the staff site found behind this request."""
    return getattr(request, "staff_actor", None)


def required_staff(request: HttpRequest) -> Actor:
    """Raises PermissionDenied where the staff site found nobody."""
    actor = staff_of(request)
    if actor is None:
        raise PermissionDenied
    return actor


def perform(request: HttpRequest, work: Callable[[Actor], Any], done: str) -> bool:
    """Call one service as this member of staff; its error, or `done`, is the message to show."""
    actor = required_staff(request)
    try:
        work(actor)
    except TokDeskError as error:
        note_denial(actor, error)
        messages.error(request, str(error.detail))
        return False
    messages.success(request, done)
    return True


def isolated(text: Any) -> str:
    """A name inside a sentence of the other direction, for places that take no markup."""
    return f"\u2068{text}\u2069"


NOTHING = "–"


def badge(text: Any, tone: str) -> SafeString:
    """`tone` is ok, warn, bad or quiet; the text alone tells the state too."""
    return format_html('<span class="badge badge-{}">{}</span>', tone, text)


def person_text(text: str) -> SafeString:
    """What somebody typed, in its own direction."""
    return format_html('<bdi dir="auto">{}</bdi>', text)


def moment(at: datetime) -> str:
    """A time in the reader's way of writing it; Django's pages print it raw from a method."""
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def latin(text: Any) -> SafeString:
    """An address, id or code: left to right in every language."""
    return format_html('<bdi dir="ltr">{}</bdi>', text)
