"""A browser on our own pages: it holds a session cookie, and sends a CSRF token when told to."""

from typing import Any

from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from accounts.authentication import SESSION_KEY
from accounts.choices import SessionKind
from accounts.models import Membership, User
from accounts.services.sessions import start_session
from accounts.tests.factories import NOBODY


class Browser:
    """Django's client with the CSRF check switched on; paths are below `/api/v1/`."""

    def __init__(self, who: Membership | User) -> None:
        member = who if isinstance(who, Membership) else None
        user = who.user if isinstance(who, Membership) else who
        self.session = start_session(
            actor=NOBODY, user=user, member=member, kind=SessionKind.BROWSER
        )
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        stored = self.client.session
        stored[SESSION_KEY] = str(self.session.id)
        stored.save()
        self.csrf_token = _get_new_csrf_string()
        self.client.cookies["csrftoken"] = self.csrf_token

    def send(self, method: str, path: str, body: str = "{}", **headers: str) -> Any:
        url = path if path.startswith("/") else f"/api/v1/{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, url, body, content_type="application/json", headers=named
        )

    def send_with_token(self, method: str, path: str, body: str = "{}", **headers: str) -> Any:
        return self.send(method, path, body, X_CSRFToken=self.csrf_token, **headers)
