"""A desk with the demo's people on real servers, and the browsers that look at it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.chaos_house import Desk, chaos_desk
from tokdesk.demo.people import PASSWORD
from tokdesk.tests.servers import find_chromium

BROWSER = [pytest.mark.service, pytest.mark.cluster, pytest.mark.browser]
PATIENCE_MS = 15_000
# Chromium as root has no sandbox, and nothing here is anybody else's.
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@dataclass
class House:
    """`base` is served by gunicorn with uvicorn, `other` by Daphne."""

    desk: Desk
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    # What browsers complained about: errors of scripts and of the console, requests that failed.
    complaints: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.desk.ports[1]}"

    @property
    def other(self) -> str:
        return f"http://127.0.0.1:{self.desk.ports[0]}"

    def window(self, *, base: str = "", **options: Any) -> Page:
        """A browser of its own, without anybody's cookies."""
        told = {"viewport": LAPTOP, "reduced_motion": "reduce", **options}
        context = self.browser.new_context(base_url=base or self.base, **told)
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", self._listen)
        self.contexts.append(context)
        return context.new_page()

    def sign_in(self, email: str, path: str = "/app/", **options: Any) -> Page:
        """A window of this person, by the form that people use."""
        page = self.window(**options)
        page.goto(f"/accounts/sign-in/?next={path}")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button[type=submit]")
        page.wait_for_url(lambda url: "/accounts/" not in url)
        return page

    def forgive(self, *words: str) -> None:
        """What the test brings about itself, whether it was complained about already or will be."""
        self.forgiven += words

    def faults(self) -> list[str]:
        """What browsers complained about and nobody expected."""
        return [each for each in self.complaints if not any(word in each for word in self.forgiven)]

    def close_windows(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")


@contextlib.contextmanager
def open_house() -> Iterator[House]:
    """Raises servers.Missing: PostgreSQL, Redis or Chromium is not installed."""
    chromium = find_chromium()
    with chaos_desk() as desk, sync_playwright() as playwright:
        for web, port in zip(desk.webs, desk.ports, strict=True):
            # No proxy stands before them here, so each is a desk with an address of its own.
            own = f"http://127.0.0.1:{port}"
            web.environment |= {"TOKDESK_BASE_URL": own, "TOKDESK_ALLOWED_ORIGINS": own}
        desk.run("manage.py", "migrate", "--verbosity", "0")
        desk.run("manage.py", "seed_demo")
        desk.start()
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        try:
            yield House(desk, browser)
        finally:
            browser.close()
