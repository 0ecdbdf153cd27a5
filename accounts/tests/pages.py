"""A person at our plain pages: opens them, fills in their forms, presses their button."""

import re
from typing import Any

from django.test import Client

from accounts.tests.factories import PASSWORD

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Visitor:
    """A browser without a script, with the CSRF check switched on."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(enforce_csrf_checks=True, headers=headers)

    def open(self, path: str) -> Any:
        return self.client.get(path)

    def press(self, path: str, *, at: str | None = None, **fields: str) -> Any:
        """Send the form of the page at `path`, or of `at` with this page's token."""
        found = CSRF.search(self.open(path).content.decode())
        assert found is not None
        return self.client.post(at or path, {"csrfmiddlewaretoken": found.group(1), **fields})

    def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> Any:
        return self.press("/accounts/sign-in/", email=email, password=password, **fields)

    @property
    def cookies(self) -> Any:
        return self.client.cookies
