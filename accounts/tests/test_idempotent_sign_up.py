"""Idempotency-Key on the public company forms, and its refusal where secrets are at stake."""

from typing import Any

import pytest

from accounts.models import Registration
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD
from accounts.tests.forms import founder_token, register_form, sign_up_form
from companies.models import Company
from conftest import World, client_of
from notifications.tests.mailbox import delivered
from tokdesk.common.models import IdempotencyKey
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def sign_up(key: str, ip: str = "192.0.2.10", **changes: Any) -> Any:
    return device(ip).post("companies/", sign_up_form(**changes), Idempotency_Key=key)


def test_the_same_sign_up_again_answers_the_same_company() -> None:
    with delivered() as mails:
        first, again = sign_up("key-1"), sign_up("key-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotent-Replay" not in first.headers
    assert again.headers["Idempotent-Replay"] == "true"
    assert Company.objects.count() == Registration.unscoped.count() == len(mails) == 1


def test_a_replay_tells_the_company_as_it_is_now() -> None:
    sign_up("key-1")
    Company.objects.update(name="Renamed", status="active")

    assert sign_up("key-1").json() == {"name": "Renamed", "slug": "initech", "status": "active"}


def test_another_body_under_the_key_is_refused() -> None:
    sign_up("key-1")

    with nothing_changes():
        other = sign_up("key-1", slug="other")

    assert outcome(other) == (409, "idempotency_key_reused")


def test_another_address_has_keys_of_its_own() -> None:
    sign_up("key-1")

    other = sign_up("key-1", ip="198.51.100.9", slug="other")

    assert other.status_code == 201
    assert "Idempotent-Replay" not in other.headers


def test_a_refused_sign_up_does_not_spend_the_key() -> None:
    sign_up("key-1", slug="admin")
    assert IdempotencyKey.objects.count() == 0

    assert sign_up("key-1").status_code == 201


def test_the_key_remembers_no_password() -> None:
    sign_up("key-1")

    row = IdempotencyKey.objects.get()
    assert (row.status, row.object_id) == (201, Company.objects.get().id)
    assert len(row.body_hash) == len(row.scope_hash) == 64


def test_a_confirmation_can_be_repeated_by_its_key() -> None:
    token = founder_token()

    first, again = (
        device().post("companies/confirm/", {"token": token}, Idempotency_Key="key-2")
        for _ in range(2)
    )

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert outcome(device().post("companies/confirm/", {"token": token})) == (410, "gone")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("login/", {"email": "agent@acme.example", "password": PASSWORD}),
        ("refresh/", {"refresh": "x"}),
        ("switch/", {"company": "acme"}),
        ("logout/", {}),
        ("password/forgot/", {"email": "agent@acme.example"}),
        ("password/reset/", {"token": "A" * 43, "password": "correct-horse-battery"}),
        ("password/change/", {"current_password": PASSWORD, "password": "correct-horse-battery"}),
        ("register/", register_form()),
        ("register/confirm/", {"token": "A" * 43}),
    ],
)
def test_no_key_is_taken_where_secrets_travel(acme: World, path: str, body: Any) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.post(f"auth/{path}", body, Idempotency_Key="key-3")

    assert outcome(answer) == (400, "idempotency_not_supported")
