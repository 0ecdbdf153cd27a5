"""Whoever has no mouse reaches everything, and sees where they are."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tokdesk.tests.browser.house import BROWSER, PHONE, House
from tokdesk.tests.browser.inbox import Inbox

pytestmark = BROWSER

PLAIN = (
    "/accounts/sign-in/",
    "/accounts/sign-up/",
    "/accounts/forgot/",
    "/accounts/register/",
)
# What can be pressed or filled in, is drawn, and is not behind a dialog. Rows of lists that are
# pointed at by aria-activedescendant are reached by arrows without the focus.
CONTROLS = """() => {
  const shown = (each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !each.closest('[inert], [aria-hidden=true], [data-aria-hidden=true]');
  const held = new Set([...document.querySelectorAll('[aria-activedescendant]')].map((each) =>
    each.getAttribute('aria-controls') ?? each.id));
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, ' +
    '[role=tab], [role=button], [role=menuitem], [role=option], [contenteditable=true], ' +
    '[tabindex="0"]';
  // Beside the elements: what is drawn anew compares their attributes.
  window.controls = new Map();
  let number = 0;
  const names = [];
  for (const each of document.querySelectorAll(kinds)) {
    if (each.disabled || !shown(each)) continue;
    const list = each.closest('[role=listbox]');
    if (each.role === 'option' && list && (held.has(list.id) || list.tabIndex === 0)) continue;
    controls.set(each, String(number++));
    names.push(`${each.tagName.toLowerCase()} ${each.role ?? ''} ` +
      (each.ariaLabel ?? each.textContent ?? each.id).trim().slice(0, 40));
  }
  return names;
}"""
# Which control has the focus, and whether one sees that it does.
FOCUSED = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const box = each.getBoundingClientRect();
  const active = document.getElementById(each.getAttribute('aria-activedescendant') ?? '');
  // Whoever types into a picker sees where they are by the row that is lit.
  const lit = each.role === 'combobox' && active !== null
    && getComputedStyle(active).backgroundColor !== 'rgba(0, 0, 0, 0)';
  const around = [each, active, each.closest('label, [data-pane]')];
  const marked = lit || around.filter(Boolean).some((one) => {
    const look = getComputedStyle(one);
    return look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0;
  });
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, innerHeight / 2)];
  const top = document.elementFromPoint(
    Math.min(Math.max(x, 0), innerWidth - 1), Math.min(Math.max(y, 0), innerHeight - 1));
  const clear = top !== null && (each.contains(top) || top.contains(each));
  return { number: controls.get(each) ?? null, marked, clear,
    what: `${each.tagName.toLowerCase()} ${each.role ?? ''} ` +
      (each.ariaLabel ?? each.textContent ?? each.id).trim().slice(0, 40),
    group: Boolean(each.closest('[role=toolbar], [role=tablist], [role=menu], [role=feed], ' +
      '[role=radiogroup]')) || each.type === 'radio' };
}"""
MOST_STEPS = 200


def walk(page: Page) -> tuple[set[str], list[str]]:
    """Tab from the first to the last, and arrows where a group is one stop of the Tab key."""
    reached: set[str] = set()
    faults: list[str] = []

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] | None = page.evaluate(FOCUSED)
        if found is None:
            return None
        if found["number"] is not None:
            reached.add(found["number"])
        if not found["marked"]:
            faults.append(f"nobody sees the focus on {found['what']}")
        if not found["clear"]:
            faults.append(f"covered: {found['what']}")
        return found

    seen: set[str] = set()
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        found = look()
        key = str(found and (found["number"], found["what"]))
        if found is not None and key in seen:
            break
        seen.add(key)
        if found is not None and found["group"]:
            for arrow in ("ArrowRight", "ArrowDown"):
                _round(page, arrow, look)
    return reached, faults


def _round(page: Page, arrow: str, look: Callable[[], dict[str, Any] | None]) -> None:
    first: set[str] = set()
    for _ in range(MOST_STEPS):
        page.keyboard.press(arrow)
        found = look()
        if found is None or found["what"] in first:
            return
        first.add(found["what"])


def crawl(page: Page) -> dict[str, list[str]]:
    """What stays out of reach, and where the focus is not seen; both empty where all is well."""
    page.mouse.move(1, 1)
    names: list[str] = page.evaluate(CONTROLS)
    reached, faults = walk(page)
    missed = [name for number, name in enumerate(names) if str(number) not in reached]
    assert names != []
    return {"out of reach": missed, "unseen": sorted(set(faults))}


WELL: dict[str, list[str]] = {"out of reach": [], "unseen": []}


def test_plain_pages(house: House) -> None:
    page = house.window()
    found = {}
    for path in PLAIN:
        page.goto(path)
        found[path] = crawl(page)

    assert found == dict.fromkeys(PLAIN, WELL)


@pytest.mark.parametrize("email", ["agent@acme.example", "agent@globex.example"])
def test_the_inbox(house: House, email: str) -> None:
    page = house.sign_in(email, "/app/v/all", viewport={"width": 1440, "height": 900})
    inbox = Inbox(page).ready()
    found = {"list": crawl(page)}
    inbox.open_first()
    found["conversation"] = crawl(page)
    for name, key in (("palette", "Control+k"), ("keys", "?"), ("snooze", "z"), ("assign", "a")):
        with inbox.dialog(key):
            found[name] = crawl(page)

    assert found == dict.fromkeys(found, WELL)


def test_the_inbox_on_a_phone(house: House) -> None:
    page = house.sign_in("agent@acme.example", "/app/v/all", viewport=PHONE)
    inbox = Inbox(page).ready()
    found = {"list": crawl(page)}
    inbox.open_first()
    found["conversation"] = crawl(page)

    assert found == dict.fromkeys(found, WELL)


def test_the_customers_window(house: House) -> None:
    page = house.window()
    page.goto("/try/")
    page.wait_for_selector("#state[data-state=live]")
    page.wait_for_selector("article")

    assert crawl(page) == WELL


def test_a_day_without_a_mouse(house: House) -> None:
    """The work of an agent by keys alone: what is said, and what is done with it."""
    customer = house.window()
    customer.goto("/try/")
    expect(customer.locator("#state[data-state=live]")).to_be_visible()
    customer.click("[data-open='']")
    customer.fill("#text", "Keys alone, please")
    customer.press("#text", "Enter")
    page = house.sign_in("manager@acme.example", "/app/v/unassigned")
    inbox = Inbox(page).ready()
    expect(inbox.row("Keys alone, please")).to_be_visible()
    press, words = page.keyboard.press, page.keyboard.type
    dialog, notices = page.get_by_role("dialog"), page.get_by_label("Notices")

    def told(text: str) -> None:
        expect(notices.get_by_text(text).last).to_be_visible()

    def pick(key: str, text: str) -> None:
        press(key)
        expect(dialog.get_by_role("combobox")).to_be_focused()
        words(text)
        press("Enter")
        expect(dialog).to_have_count(0)

    # Move to it and open it.
    for _ in range(inbox.rows.count()):
        press("j")
        if "Keys alone" in page.locator("#list .cursor-row").inner_text():
            break
    press("Enter")
    expect(inbox.message("Keys alone, please")).to_be_visible()
    # Claim, answer, note.
    press("i")
    told("Assigned to you.")
    press("r")
    words("Without a mouse")
    press("Enter")
    expect(inbox.message("Without a mouse")).to_be_visible()
    press("Control+j")
    words("Told by keys")
    press("Enter")
    expect(page.locator("[data-seq]", has_text="Told by keys")).to_be_visible()
    # From the composer to the messages: quote the last one.
    press("Escape")
    press("End")
    press("q")
    expect(inbox.text).to_be_focused()
    press("Escape")
    # What it is about.
    pick("p", "urgent")
    told("Priority: Urgent.")
    press("l")
    expect(dialog.get_by_role("option").first).to_be_visible()
    words("by keys")
    press("Enter")
    press("Tab")
    press("Tab")
    press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Labels.*by keys"))).to_be_visible()
    pick("a", "sam")
    told("Assigned to Sam")
    pick("z", "tomorrow")
    told("Snoozed until")
    # Another one by the palette, searched for, and several at once.
    pick("Control+k", "go to all")
    expect(inbox.row("Where is my order?")).to_be_visible()
    press("j")
    press("x")
    press("Shift+j")
    expect(page.get_by_role("toolbar").get_by_text("2 selected")).to_be_visible()
    press("Escape")
    press("/")
    words("Keys alone")
    press("Enter")
    expect(page.get_by_text("1 conversation found")).to_be_visible()
    # Who does not know a key asks for it.
    press("Escape")
    press("?")
    expect(dialog).to_be_visible()
    press("Escape")
    expect(dialog).to_have_count(0)
