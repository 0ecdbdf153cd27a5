"""Any `Accept` gets JSON; never a 406, also where an error is told."""

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer


class JSONFirstNegotiation(DefaultContentNegotiation):
    """Another renderer of the view answers only when the client names its media type."""

    def select_renderer(
        self, request: Any, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        ordered = sorted(renderers, key=lambda renderer: renderer.media_type != "application/json")
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(request, ordered)
        except (APIException, ValueError):
            return ordered[0], ordered[0].media_type
        return chosen
