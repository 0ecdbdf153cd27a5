"""The inbox as an agent's hands and eyes know it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect


class Inbox:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def rows(self) -> Locator:
        return self.page.locator("[data-row]")

    def row(self, words: str) -> Locator:
        return self.rows.filter(has_text=words).first

    @property
    def messages(self) -> Locator:
        return self.page.locator("[data-message]")

    def message(self, words: str) -> Locator:
        return self.messages.filter(has_text=words)

    @property
    def text(self) -> Locator:
        return self.page.locator("#composer-text")

    def ready(self) -> "Inbox":
        """Drawn, and connected."""
        expect(self.page.get_by_role("listbox")).to_be_visible()
        return self

    def ready_or_empty(self) -> "Inbox":
        """Where the view may hold nothing."""
        expect(self.page.get_by_role("navigation").first).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        return self

    def open(self, words: str) -> "Inbox":
        self.row(words).click()
        expect(self.text).to_be_visible()
        expect(self.messages.first).to_be_visible()
        return self

    def open_first(self) -> "Inbox":
        self.rows.first.click()
        expect(self.messages.first).to_be_visible()
        return self

    def go(self, path: str) -> "Inbox":
        self.page.goto(path)
        return self.ready()

    def say(self, words: str) -> None:
        """As a reply, or as a note where that is chosen."""
        self.text.fill(words)
        self.text.press("Enter")
        expect(self.text).to_have_value("")

    @contextmanager
    def dialog(self, key: str) -> Iterator[None]:
        """Opened by this key from nowhere in particular, and closed again."""
        shown = self.page.get_by_role("dialog")
        self.page.locator("body").click(position={"x": 2, "y": 2})
        self.page.keyboard.press(key)
        expect(shown).to_be_visible()
        yield
        self.page.keyboard.press("Escape")
        expect(shown).to_have_count(0)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def told(self) -> list[dict[str, Any]]:
        """Number, name and words of each message, from top to bottom."""
        found: list[dict[str, Any]] = self.messages.evaluate_all(
            """all => all.map(each => ({
                seq: Number(each.dataset.seq),
                words: each.querySelector('.said')?.textContent ?? '',
            }))"""
        )
        return found
