"""Moves: what staff do to one row, asked on a page of its own and done by one service."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tokdesk.common.actor import Actor
from tokdesk.common.admin_base import ReadOnlyAdmin, isolated, perform, required_staff
from tokdesk.common.policy import explain

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class MoveForm(forms.Form):
    """What a move asks for beside the click; `row` is the row that it is about."""

    def __init__(self, *args: Any, row: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.row = row


class ReasonForm(MoveForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


@dataclass(frozen=True)
class Move:
    """`%(row)s` in its texts is the row's name; `leaves` says that the row is gone afterwards."""

    name: str
    code: str
    label: "StrOrPromise"
    title: "StrOrPromise"
    effect: "StrOrPromise"
    done: "StrOrPromise"
    work: Callable[[Actor, Any, dict[str, Any]], Any]
    fits: Callable[[Any], bool]
    hindrance: Callable[[Any], "StrOrPromise"] = lambda row: ""
    form: type[MoveForm] = MoveForm
    is_harmful: bool = False
    leaves: bool = False


@dataclass(frozen=True)
class Button:
    """A move as the row's page offers it; a `hindrance` says why not now."""

    label: "StrOrPromise"
    url: str
    hindrance: "StrOrPromise"
    is_harmful: bool


class MovesAdmin(ReadOnlyAdmin):
    """Offers each fitting move as a button on the row's page; GET asks, POST calls the service."""

    moves: ClassVar[tuple[Move, ...]] = ()

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<uuid:pk>/{move.name}/",
                self.admin_site.admin_view(partial(self.move_view, move=move)),
                name=self.url_name(move.name),
            )
            for move in self.moves
        ]
        return own + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row = options.get("obj")
        context["buttons"] = self.buttons(required_staff(request), row) if row else []
        return super().render_change_form(request, context, *args, **options)

    def buttons(self, actor: Actor, row: Any) -> list[Button]:
        return [
            Button(move.label, self.move_url(move, row), move.hindrance(row), move.is_harmful)
            for move in self.moves
            if move.fits(row) and explain(actor, move.code, row).allowed
        ]

    def move_url(self, move: Move, row: Any) -> str:
        return reverse(f"admin:{self.url_name(move.name)}", args=[row.pk])

    def move_view(self, request: HttpRequest, pk: Any, *, move: Move) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        answer = _answer if request.method == "POST" else _ask
        return require_http_methods(["GET", "HEAD", "POST"])(answer)(request, self, row, move)


def _ask(request: HttpRequest, pages: MovesAdmin, row: Any, move: Move) -> HttpResponse:
    unfit = _("The current state does not allow this.")
    hindrance = move.hindrance(row) if move.fits(row) else unfit
    if hindrance:
        messages.error(request, str(hindrance))
        return HttpResponseRedirect(pages.page_url(row.pk))
    return _page(request, pages, row, move, move.form(row=row))


def _answer(request: HttpRequest, pages: MovesAdmin, row: Any, move: Move) -> HttpResponse:
    form = move.form(request.POST, row=row)
    if not form.is_valid():
        return _page(request, pages, row, move, form)
    done = move.done % {"row": isolated(row)}
    moved = perform(request, lambda actor: move.work(actor, row, form.cleaned_data), done)
    url = pages.list_url() if moved and move.leaves else pages.page_url(row.pk)
    return HttpResponseRedirect(url)


def _page(
    request: HttpRequest, pages: MovesAdmin, row: Any, move: Move, form: MoveForm
) -> HttpResponse:
    name = {"row": isolated(row)}
    context = {
        **pages.admin_site.each_context(request),
        "title": move.title % name,
        "effect": move.effect % name,
        "opts": pages.opts,
        "original": row,
        "move": move,
        "form": form,
        "page_url": pages.page_url(row.pk),
    }
    folder = f"admin/{pages.opts.app_label}/{pages.opts.model_name}"
    return TemplateResponse(request, [f"{folder}/move.html", "admin/move.html"], context)
