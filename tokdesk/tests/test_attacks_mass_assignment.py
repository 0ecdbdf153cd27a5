"""A02, A04, A07: no body gives a role, a company, a flag or a time to its sender."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import PASSWORD
from accounts.tests.forms import founder_token, register_form, sign_up_form
from companies.models import Company
from companies.tests.factories import make_company
from conftest import World, client_of
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

EVIL: dict[str, Any] = {
    "id": "00000000-0000-7000-8000-000000000000",
    "company_id": "00000000-0000-7000-8000-000000000000",
    "role": "super_admin",
    "is_super_admin": True,
    "is_superuser": True,
    "is_staff": True,
    "is_active": True,
    "is_deleted": False,
    "status": "active",
    "permissions": {"company:approve": True},
    "user": {"is_super_admin": True},
    "member": {"role": "company_admin"},
    "email_confirmed_at": "2026-01-01T00:00:00Z",
    "created_at": "2020-01-01T00:00:00Z",
    "seq": 1,
    "sender": "x",
    "access_version": 99,
    "user__is_super_admin": True,
    "__class__": "User",
    "_state": {},
    "pk": 1,
}
FORMS: dict[str, tuple[str, str, Any]] = {
    "sign-up": ("POST", "companies/", sign_up_form("initech")),
    "register": ("POST", "auth/register/", register_form("acme")),
    "login": ("POST", "auth/login/", {"email": "agent@acme.example", "password": PASSWORD}),
    "forgot": ("POST", "auth/password/forgot/", {"email": "agent@acme.example"}),
    "confirm company": ("POST", "companies/confirm/", {"token": "A" * 43}),
    "confirm customer": ("POST", "auth/register/confirm/", {"token": "A" * 43}),
    "me": ("PATCH", "me/", {"name": "Changed"}),
    "preferences": ("PUT", "me/preferences/", {"density": "compact"}),
    "own company": ("PATCH", "company/", {"name": "Changed"}),
    "switch": ("POST", "auth/switch/", {"company": "acme"}),
    "logout": ("POST", "auth/logout/", {}),
    "member": ("PATCH", "members/{world.agent.id}/", {"name": "Changed", "role": "agent"}),
    "withdrawal": ("POST", "members/{world.agent.id}/deactivate/", {}),
    "return": ("POST", "members/{world.agent.id}/reactivate/", {}),
    "new customer": ("POST", "customers/", {"name": "Carla"}),
    "customer": ("PATCH", "customers/{world.customer.id}/", {"name": "Changed"}),
    "block": ("POST", "customers/{world.customer.id}/deactivate/", {}),
    "unblock": ("POST", "customers/{world.customer.id}/reactivate/", {}),
    "invitation": ("POST", "invitations/", {"email": "nour@new.example", "role": "agent"}),
    "invitations": ("POST", "invitations/bulk/", {"emails": ["a@new.example"], "role": "agent"}),
    "preview": ("POST", "invitations/preview/", {"token": "A" * 43}),
    "accept": ("POST", "invitations/accept/", {"token": "A" * 43, "password": PASSWORD}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_field_that_is_not_the_senders_is_refused(acme: World, form: str) -> None:
    method, path, body = FORMS[form]
    client: Any = client_of(acme.admin)

    with nothing_changes():
        answer = client.send(method, path.format(world=acme), {**EVIL, **body})

    assert outcome(answer) == (400, "unknown_field")
    known = {"own company": {"status"}}.get(form, set())
    assert {*faults(answer)} >= EVIL.keys() - known - body.keys()


@pytest.mark.parametrize("field", EVIL)
def test_one_such_field_is_enough(acme: World, field: str) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.patch("me/", {"name": "Changed", field: EVIL[field]})

    assert outcome(answer) == (400, "unknown_field")
    assert faults(answer) == {field: ["unknown_field"]}


@pytest.mark.parametrize(
    "field", ["email", "password", "is_super_admin", "preferences", "last_login"]
)
def test_ones_own_account_is_not_edited_past_its_form(acme: World, field: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch("me/", {field: "evil@acme.example"})

    assert outcome(answer) == (400, "unknown_field")


def test_a_nested_admin_gives_itself_nothing(nobody: ApiClient) -> None:
    with nothing_changes():
        answer = nobody.post("companies/", sign_up_form(admin=EVIL))

    assert outcome(answer) == (400, "unknown_field")
    assert {*faults(answer)} == {f"admin.{name}" for name in EVIL}


def test_a_founder_is_no_platform_staff_however_it_asks(staff: User) -> None:
    ApiClient().post("companies/confirm/", {"token": founder_token("initech")})

    founder = User.objects.get(email="bill@initech.example")
    assert (founder.is_super_admin, founder.is_staff) == (False, False)


@pytest.mark.parametrize(
    ("deed", "body"),
    [("approve", {}), ("reject", {"reason": "x"}), ("suspend", {"reason": "x"}), ("restore", {})],
)
@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
def test_nobody_in_a_company_does_what_platform_staff_do(
    acme: World, deed: str, body: dict[str, str], who: str
) -> None:
    waiting = make_company("initech", "pending")
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [
            client.post(f"companies/{company.id}/{deed}/", body)
            for company in (waiting, acme.company)
        ]

    assert [outcome(answer) for answer in answers] == [(403, "permission_denied")] * 2


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
def test_nobody_below_an_admin_configures(acme: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answer = client.patch("company/", {"settings": {"customer_registration": False}})

    assert outcome(answer) == (403, "permission_denied")
    assert Company.objects.get(slug="acme").setting("customer_registration") is True


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
def test_a_refusal_comes_before_the_input_is_looked_at(acme: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    answer = client.patch("company/", {"no_such_field": 1})

    assert outcome(answer) == (403, "permission_denied")
