"""A15: who asks whether an address is known learns nothing, not even by the work it takes."""

from typing import Any

import pytest

from accounts.models import Membership, User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, make_member, make_user
from accounts.tests.forms import GOOD_PASSWORD, founder_token, register_form, sign_up_form
from companies.models import Company
from companies.tests.factories import make_company
from conftest import World
from tokdesk.common.roles import Role
from tokdesk.common.testing import without_request_id
from tokdesk.tests.answers import outcome
from tokdesk.tests.hashers import PATH, counted_hashes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

UNKNOWN = "nobody@acme.example"


@pytest.fixture(autouse=True)
def _counting(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [PATH]


@pytest.fixture
def addresses(acme: World) -> dict[str, str]:
    """One address of every kind that an outsider could be curious about."""
    closed = make_member(acme.company, Role.AGENT, "closed@acme.example")
    User.objects.filter(pk=closed.user_id).update(is_active=False)
    left = make_member(acme.company, Role.AGENT, "left@acme.example")
    Membership.unscoped.filter(pk=left.pk).update(status="deactivated")
    make_member(acme.company, Role.USER, "contact@acme.example", user=None)
    make_member(make_company("waiting", "pending"), Role.COMPANY_ADMIN, "waits@acme.example")
    make_user("super@acme.example", is_super_admin=True)
    make_user("lonely@acme.example")
    kinds = ("agent", "admin", "customer", "closed", "left", "contact", "waits", "super", "lonely")
    return {kind: f"{kind}@acme.example" for kind in kinds}


def asked(path: str, body: dict[str, Any]) -> tuple[int, bytes, list[str], int]:
    """Everything an outsider sees of one answer, and the hashes it took."""
    with counted_hashes() as hashes:
        answer = device().post(path, body)
    names = sorted(name for name in answer.headers if name != "X-Request-ID")
    return answer.status_code, without_request_id(answer), names, hashes[0]


def test_a_wrong_password_is_told_alike_for_every_address(addresses: dict[str, str]) -> None:
    body = {"password": "not-the-password"}

    expected = asked("auth/login/", {"email": UNKNOWN, **body})
    seen = {
        kind: asked("auth/login/", {"email": email, **body}) for kind, email in addresses.items()
    }

    assert (expected[0], expected[3]) == (401, 3)
    assert seen == dict.fromkeys(addresses, expected)


@pytest.mark.parametrize("company", ["acme", "waiting", "nowhere"])
def test_naming_a_company_tells_no_more(addresses: dict[str, str], company: str) -> None:
    body = {"password": "not-the-password", "company": company}

    expected = asked("auth/login/", {"email": UNKNOWN, **body})
    seen = {
        kind: asked("auth/login/", {"email": email, **body}) for kind, email in addresses.items()
    }

    assert seen == dict.fromkeys(addresses, expected)


def test_the_right_password_of_a_closed_account_tells_nothing(addresses: dict[str, str]) -> None:
    closed = asked("auth/login/", {"email": addresses["closed"], "password": PASSWORD})

    assert closed == asked("auth/login/", {"email": UNKNOWN, "password": PASSWORD})


def test_a_forgotten_password_is_answered_alike_for_every_address(
    addresses: dict[str, str],
) -> None:
    expected = asked("auth/password/forgot/", {"email": UNKNOWN})
    seen = {
        kind: asked("auth/password/forgot/", {"email": email}) for kind, email in addresses.items()
    }

    assert (expected[0], expected[1], expected[3]) == (202, b"", 0)
    assert seen == dict.fromkeys(addresses, expected)


def test_a_registration_is_answered_alike_for_every_address(addresses: dict[str, str]) -> None:
    expected = asked("auth/register/", register_form(email=UNKNOWN))
    seen = {
        kind: asked("auth/register/", register_form(email=email))
        for kind, email in addresses.items()
    }

    assert (expected[0], expected[1], expected[3]) == (202, b"", 1)
    assert seen == dict.fromkeys(addresses, expected)


@pytest.mark.parametrize("company", ["waiting", "nowhere", "closed-door"])
def test_a_registration_is_answered_alike_for_every_company(
    addresses: dict[str, str], company: str
) -> None:
    make_company("closed-door", settings={"customer_registration": False})

    expected = asked("auth/register/", register_form("acme"))

    assert asked("auth/register/", register_form(company)) == expected


def test_a_sign_up_is_answered_alike_for_every_address(addresses: dict[str, str]) -> None:
    def sign_up(slug: str, email: str) -> tuple[int, bytes, list[str], int]:
        form = sign_up_form(slug, name="Same", admin={"name": "Same", "email": email})
        status, body, names, hashes = asked("companies/", form)
        return status, body.replace(slug.encode(), b"slug"), names, hashes

    expected = sign_up("unknown", UNKNOWN)
    seen = {kind: sign_up(f"s-{kind}", email) for kind, email in addresses.items()}

    assert (expected[0], expected[3]) == (201, 1)
    assert seen == dict.fromkeys(addresses, expected)


def test_resubmission_is_answered_alike_for_every_address(addresses: dict[str, str]) -> None:
    expected = asked("companies/resubmit/", {"email": UNKNOWN, "password": "not-the-password"})
    seen = {
        kind: asked("companies/resubmit/", {"email": email, "password": "not-the-password"})
        for kind, email in addresses.items()
    }

    assert (expected[0], expected[3]) == (401, 3)
    assert seen == dict.fromkeys(addresses, expected)


@pytest.mark.parametrize("path", ["auth/login/", "companies/resubmit/"])
@pytest.mark.parametrize("password", ["first-form-word", "other-form-word", "not-the-password"])
@pytest.mark.parametrize("forms", [1, 2, 3])
def test_signing_up_companies_is_no_way_to_ask_for_an_address(
    addresses: dict[str, str], path: str, password: str, forms: int
) -> None:
    """The curious one chooses address and passwords of sign-ups, then tries to use them."""
    passwords = ["first-form-word", "second-form-word", "other-form-word"][-forms:]
    for whose, email in (("a", addresses["agent"]), ("b", UNKNOWN)):
        for number, word in enumerate(passwords):
            form = {"email": email, "password": word}
            founder_token(f"{whose}-{number}", name="Same", admin=form)
    Company.objects.update(status_changed_at="2026-01-01T00:00:00Z")

    known = asked(path, {"email": addresses["agent"], "password": password})
    unknown = asked(path, {"email": UNKNOWN, "password": password})

    assert known[1].replace(b'"a-', b'"b-') == unknown[1]
    assert (known[0], known[2], known[3]) == (unknown[0], unknown[2], unknown[3])
    assert known[3] == 3


def test_an_unconfirmed_registration_opens_nothing_either_way(addresses: dict[str, str]) -> None:
    for email in (addresses["agent"], UNKNOWN):
        device().post("auth/register/", register_form(email=email))

    known = asked("auth/login/", {"email": addresses["agent"], "password": GOOD_PASSWORD})

    assert known == asked("auth/login/", {"email": UNKNOWN, "password": GOOD_PASSWORD})


def test_what_is_no_address_is_refused_before_anything_is_looked_up(acme: World) -> None:
    for path in ("auth/login/", "auth/password/forgot/"):
        status, _body, _names, hashes = asked(path, {"email": "agent@", "password": "x"})
        assert (status, hashes) == (400, 0)


def test_the_hasher_counts(acme: World) -> None:
    with counted_hashes() as hashes:
        answer = device().post("auth/login/", {"email": "agent@acme.example", "password": PASSWORD})

    assert (outcome(answer), hashes) == ((200, ""), [1])
