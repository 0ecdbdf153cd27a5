"""A letter about a company shows its name and colour, and can be read in any of them."""

import re
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import actor_for
from accounts.tests.forms import sign_up_form
from companies.models import Company
from companies.services import approve_company, reject_company, restore_company, suspend_company
from companies.tests.factories import make_company
from conftest import World
from notifications.brands import DESK, OWN_COLOUR, brand_of, contrast, ink_on
from notifications.tests.mailbox import delivered, html_of
from tokdesk.common.testing import ApiClient


def head_of(html: str) -> tuple[str, str, str]:
    """Name, colour and ink of the letter's head."""
    found = re.search(
        r"background:(#\w{6});color:(#\w{6});font-size:18px[^>]*><bdi>([^<]*)</bdi>", html
    )
    assert found is not None, html
    return found.group(3), found.group(1), found.group(2)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio
    assert contrast(one, other) == contrast(other, one)


def test_every_colour_can_be_read() -> None:
    """Each of the 4,096 short colours carries its name with at least the contrast of text."""
    weakest = min(
        contrast(colour, ink_on(colour))
        for colour in (
            f"#{red:02x}{green:02x}{blue:02x}"
            for red in range(0, 256, 17)
            for green in range(0, 256, 17)
            for blue in range(0, 256, 17)
        )
    )

    assert weakest >= 4.5


@pytest.mark.parametrize(
    "colour",
    ["", "red", "#fff", "#12345", "#1234567", "#12345g", "#123456;background:url(x)", "#123456\n"],
)
def test_what_is_no_colour_is_ours(colour: str) -> None:
    brand = brand_of(Company(name="Acme", colour=colour))

    assert (brand.name, brand.colour, brand.ink) == ("Acme", OWN_COLOUR, "#ffffff")


@pytest.mark.parametrize(
    ("colour", "ink"), [("#ffe600", "#000000"), ("#0B6B5C", "#ffffff"), ("#ffffff", "#000000")]
)
def test_a_companys_colour_heads_its_letters(colour: str, ink: str) -> None:
    brand = brand_of(Company(name="Acme", colour=colour))

    assert (brand.colour, brand.ink) == (colour, ink)


@pytest.mark.contract
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("service", "facts", "start"),
    [
        (approve_company, {}, "pending"),
        (reject_company, {"reason": "No."}, "pending"),
        (suspend_company, {"reason": "No."}, "active"),
        (restore_company, {}, "suspended"),
    ],
)
def test_decisions_are_headed_by_the_company(
    staff: User, service: Any, facts: dict[str, str], start: str
) -> None:
    company = make_company("acme", start, colour="#ffe600", name="A & B <i>")

    with delivered() as mails:
        service(actor=actor_for(staff), company=company, **facts)

    assert head_of(html_of(mails[0])) == ("A &amp; B &lt;i&gt;", "#ffe600", "#000000")


@pytest.mark.contract
@pytest.mark.django_db
def test_a_new_company_has_our_colour(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form("initech"))

    assert head_of(html_of(mails[0])) == ("Initech", OWN_COLOUR, "#ffffff")


@pytest.mark.contract
@pytest.mark.django_db
def test_what_concerns_an_account_is_headed_by_us(acme: World, nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("auth/password/forgot/", {"email": "agent@acme.example"})

    assert head_of(html_of(mails[0])) == (DESK.name, DESK.colour, DESK.ink)


@pytest.mark.contract
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_knows_no_left_and_no_right(staff: User, language: str) -> None:
    company = make_company("acme", "pending", language=language)

    with delivered() as mails:
        approve_company(actor=actor_for(staff), company=company)

    html = html_of(mails[0])
    sides = r"-(?:left|right)\b|\b(?:left|right)\s*:|float\s*:|text-align\s*:"
    assert re.findall(sides, html) == []
    assert re.search(r'align="(?:left|right)"', html) is None


@pytest.mark.contract
@pytest.mark.django_db
def test_what_matters_stands_on_the_elements(staff: User) -> None:
    """Many readers drop the style sheet; without it the letter still has its form."""
    company = make_company("acme", "pending", language="ar")
    with delivered() as mails:
        approve_company(actor=actor_for(staff), company=company)
    html = re.sub(r"<style>.*?</style>", "", html_of(mails[0]), flags=re.DOTALL)

    assert '<div class="page" lang="ar" dir="rtl" style="' in html
    for element in ("body", "h1", "p", 'a class="button"'):
        assert re.search(rf"<{element}[^>]* style=\"", html), element
    sheet = re.search(r"<style>(.*?)</style>", html_of(mails[0]), flags=re.DOTALL)
    assert sheet is not None
    assert sheet.group(1).strip().startswith("@media (prefers-color-scheme:dark)")
