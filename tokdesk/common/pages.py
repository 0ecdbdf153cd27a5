"""Plain pages with one form: they work without a script, and say what is wrong where it is."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView
from rest_framework.serializers import Serializer

from tokdesk.common.actor import Actor
from tokdesk.common.api.authentication import anonymous_actor
from tokdesk.common.errors import Invalid, RateLimited, TokDeskError

if TYPE_CHECKING:
    Page = FormView[forms.Form]
else:
    Page = FormView


class ShapedForm(forms.Form):
    """What a page asks for, read by the shape by which the API reads the same.

    Its own fields only draw. A field `admin__name` is the field `name` of the object `admin` there.
    """

    shape: ClassVar[type[Serializer[Any]]]
    # Fields of the page that are not the shape's.
    beside: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kept = {name: given.get(name) for name in self.beside}
        reader = self.shape(data=_nested({k: v for k, v in given.items() if k not in kept}))
        if reader.is_valid():
            return {**reader.validated_data, **kept}
        for name, detail in _faults(reader.errors):
            self.add_error(name if name in self.fields else None, str(detail))
        return kept


class DeedPage(Page):
    """One form and what its button does, done by somebody who need not be signed in."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "auth/form.html"
    texts: ClassVar[dict[str, Any]] = {}
    done: ClassVar[Any] = ""

    def use(self, actor: Actor, **facts: Any) -> object:
        """Do it. A response is the answer; anything else leads to the page that says it is done."""
        raise NotImplementedError

    def refuse(self, error: TokDeskError, form: forms.Form) -> HttpResponse:
        """What the service would not do, said above what was typed in."""
        named = error.fields if isinstance(error, Invalid) else {}
        for name, faults in named.items():
            for fault in faults:
                place = name.replace(".", "__")
                form.add_error(place if place in form.fields else None, str(fault.detail))
        if named:
            return self.form_invalid(form)
        form.add_error(None, told(error))
        return self.say(error.status, form=form)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        given = super().get_context_data(**{**self.texts, **context})
        widgets = [field.widget for field in given["form"].fields.values()]
        has_password = any(isinstance(widget, forms.PasswordInput) for widget in widgets)
        return {**given, "has_password": has_password}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            answer = self.use(anonymous_actor(self.request), **form.cleaned_data)
        except TokDeskError as error:
            return self.refuse(error, form)
        return answer if isinstance(answer, HttpResponse) else self.say(200, done=self.done)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        return self.say(400, form=form)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        # What was typed in stands in no cache.
        response["Cache-Control"] = "no-store"
        return response

    def say(self, status: int, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context), status=status)


def told(error: TokDeskError) -> str:
    """A refusal as a sentence, with how long to wait where it tells."""
    if not isinstance(error, RateLimited):
        return str(error.detail)
    minutes = -(-error.retry_after // 60)
    wait = ngettext("Try again in %(n)s minute.", "Try again in %(n)s minutes.", minutes)
    return f"{_('Too many tries.')} {wait % {'n': minutes}}"


def _nested(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was left empty was not given."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if value in ("", None):
            continue
        head, _dash, tail = name.partition("__")
        if tail:
            found.setdefault(head, {})[tail] = value
        else:
            found[head] = value
    return found


def _faults(errors: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, found in errors.items():
        if isinstance(found, Mapping):
            yield from _faults(found, f"{before}{name}__")
        else:
            yield from ((f"{before}{name}", each) for each in found)
