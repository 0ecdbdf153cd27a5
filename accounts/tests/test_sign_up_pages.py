"""How companies and customers come in on plain pages, without a script."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership, Registration
from accounts.tests.forms import GOOD_PASSWORD, customer_token, founder_token, sign_up_form
from accounts.tests.pages import Visitor
from companies.choices import Status
from companies.models import Company
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.testing import ApiClient
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

SIGN_UP = "/accounts/sign-up/"
INITECH = {
    "name": "Initech",
    "slug": "initech",
    "language": "ar",
    "admin__name": "Bill Lumbergh",
    "admin__email": "bill@initech.example",
    "admin__password": GOOD_PASSWORD,
}


def test_a_company_signs_up(db: None) -> None:
    with delivered() as mails:
        answer = Visitor().press(SIGN_UP, **INITECH)

    company = Company.objects.get(slug="initech")
    assert answer.status_code == 200
    assert (company.name, company.language, company.status) == ("Initech", "ar", Status.PENDING)
    assert [mail.to for mail in mails] == [["bill@initech.example"]]
    assert "Look into your mail" in answer.content.decode()


def test_what_was_typed_in_stays_but_the_password(db: None) -> None:
    answer = Visitor().press(SIGN_UP, **{**INITECH, "admin__password": "short"})

    text = answer.content.decode()
    assert answer.status_code == 400
    assert all(f'value="{INITECH[each]}"' in text for each in ("name", "slug", "admin__email"))
    assert '<option value="ar" selected>' in text
    assert 'value="short"' not in text
    assert 'aria-describedby="id_admin__password_helptext id_admin__password_error"' in text


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "Not a slug"), ("slug", "admin"), ("slug", "acme"), ("name", ""), ("name", "a\x00b")],
)
def test_what_is_wrong_is_said_at_its_field(acme: World, field: str, value: str) -> None:
    with nothing_changes():
        answer = Visitor().press(SIGN_UP, **{**INITECH, field: value})

    text = answer.content.decode()
    assert answer.status_code == 400
    assert f'<a href="#id_{field}">' in text
    assert f'id="id_{field}_error"' in text
    assert text.count('aria-invalid="true"') == 1


def test_a_rejected_founder_corrects_and_sends_again(db: None) -> None:
    ApiClient().post("companies/confirm/", {"token": founder_token("initech")})
    Company.objects.filter(slug="initech").update(
        status=Status.REJECTED, status_reason="Who are you?", status_changed_at=timezone.now()
    )
    visitor = Visitor()

    closed = visitor.sign_in("bill@initech.example", GOOD_PASSWORD)
    path = "/accounts/sign-up/again/?email=bill%40initech.example&amp;name=Initech&amp;slug=initech"
    form = visitor.open(path.replace("&amp;", "&"))
    answer = visitor.press(
        "/accounts/sign-up/again/",
        name="Initech GmbH",
        slug="",
        email="bill@initech.example",
        password=GOOD_PASSWORD,
    )

    company = Company.objects.get(slug="initech")
    assert "Who are you?" in closed.content.decode()
    assert path in closed.content.decode()
    assert 'value="Initech"' in form.content.decode()
    assert answer.status_code == 200
    assert (company.name, company.status) == ("Initech GmbH", Status.PENDING)


def test_nobody_else_sends_it_again(db: None) -> None:
    ApiClient().post("companies/", sign_up_form())

    with nothing_changes():
        answer = Visitor().press(
            "/accounts/sign-up/again/",
            name="Mine now",
            email="bill@initech.example",
            password="wrong-password",
        )

    assert answer.status_code == 401
    assert Company.objects.get(slug="initech").name == "Initech"


def register_at(company: str) -> Any:
    return Visitor().press(
        f"/accounts/register/?company={company}",
        company=company,
        name="Carla",
        email="carla@home.example",
        password=GOOD_PASSWORD,
    )


def test_a_customer_registers(acme: World) -> None:
    with delivered() as mails:
        answer = register_at("acme")

    assert answer.status_code == 200
    assert [mail.to for mail in mails] == [["carla@home.example"]]
    assert Registration.unscoped.get(email="carla@home.example").company_id == acme.company.pk


def test_who_comes_from_nowhere_is_asked_for_the_company(acme: World) -> None:
    visitor = Visitor()
    form = visitor.open("/accounts/register/").content.decode()
    person = {"name": "Carla", "email": "carla@home.example", "password": GOOD_PASSWORD}

    without = visitor.press("/accounts/register/", **person)
    answer = visitor.press("/accounts/register/", company="acme", **person)

    assert '<label for="id_company">' in form
    assert '<a href="#id_company">' in without.content.decode()
    assert (without.status_code, answer.status_code) == (400, 200)
    assert Registration.unscoped.get(email="carla@home.example").company_id == acme.company.pk


def test_who_comes_from_a_company_is_not_asked_for_it(acme: World) -> None:
    form = Visitor().open("/accounts/register/?company=acme").content.decode()

    assert '<input type="hidden" name="company" value="acme" id="id_company">' in form
    assert 'for="id_company"' not in form


def test_what_a_form_is_refused_for_is_no_try(acme: World, settings: Any) -> None:
    settings.RATE_LIMITS_ENABLED = True
    visitor = Visitor()

    refused = [visitor.press(SIGN_UP, **{**INITECH, "slug": "acme"}) for _ in range(6)]
    weak = [visitor.press(SIGN_UP, **{**INITECH, "admin__password": "short"}) for _ in range(6)]
    answer = visitor.press(SIGN_UP, **INITECH)

    assert [each.status_code for each in refused + weak] == [400] * 12
    assert answer.status_code == 200


def test_nobody_is_mailed_for_ever(settings: Any, db: None) -> None:
    settings.RATE_LIMITS_ENABLED = True
    visitor = Visitor()

    answers = [visitor.press(SIGN_UP, **{**INITECH, "slug": f"initech-{n}"}) for n in range(6)]

    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert not Company.objects.filter(slug="initech-5").exists()


def test_a_company_that_is_none_answers_alike(acme: World) -> None:
    with delivered() as mails:
        answer = register_at("unknown")

    assert answer.status_code == 200
    assert mails == []


def test_after_confirming_one_is_led_to_the_sign_in(acme: World) -> None:
    token = customer_token()
    visitor = Visitor()

    answer = visitor.press(
        f"/accounts/confirm/?token={token}", at="/accounts/confirm/", token=token
    )

    assert '<a href="/accounts/sign-in/">' in answer.content.decode()
    assert Membership.unscoped.get(email="carla@home.example").role == "user"
    assert visitor.sign_in("carla@home.example", GOOD_PASSWORD).status_code == 302
