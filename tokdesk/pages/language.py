"""Another language, for whoever asks for it with a button."""

from django.http import HttpRequest, HttpResponse
from django.views import View
from django.views.i18n import set_language


class LanguagePage(View):
    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember it in this browser, and go back to where it was asked for."""
        return set_language(request)
