"""The same POST sent twice has one effect and the same answer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db import OperationalError
from django.utils import timezone

from tokdesk.common.api.idempotency import InProgress
from tokdesk.common.models import IdempotencyKey, RateCounter
from tokdesk.common.testing import race
from tokdesk.common.tests.small_api import known_actor


def create(api: Any, key: str = "k1", body: Any = None, who: str = "agent") -> Any:
    body = {"key": "a", "count": 3} if body is None else body
    return api(who).post("counters/", body, Idempotency_Key=key)


@pytest.mark.django_db
def test_a_replay_shows_the_same_object_again(api: Any) -> None:
    first = create(api)
    again = create(api)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replay" not in first
    assert again["Idempotent-Replay"] == "true"
    assert RateCounter.objects.count() == IdempotencyKey.objects.count() == 1


@pytest.mark.django_db
def test_a_replay_shows_the_object_of_today(api: Any) -> None:
    create(api)
    RateCounter.objects.update(count=9)

    assert create(api).json()["count"] == 9
    RateCounter.objects.all().delete()
    assert create(api).json()["code"] == "not_found"


@pytest.mark.django_db
def test_the_key_with_another_body_is_refused(api: Any) -> None:
    create(api)

    response = create(api, body={"key": "b", "count": 3})

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert RateCounter.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_callers_are_two_keys(api: Any, settings: Any) -> None:
    create(api)
    settings.ACTOR_AUTHENTICATORS = [f"{__name__}.another_member"]

    other = create(api, body={"key": "b"})

    assert other.status_code == 201
    assert RateCounter.objects.count() == 2


@pytest.mark.django_db
def test_a_failed_try_does_not_spend_the_key(api: Any) -> None:
    refused = create(api, body={"key": "", "count": 3})
    taken = RateCounter.objects.create(key="a", count=0, expires_at=timezone.now())
    crashed = create(api)
    taken.delete()

    assert (refused.status_code, crashed.status_code) == (400, 500)
    assert IdempotencyKey.objects.count() == 0
    assert create(api).status_code == 201


@pytest.mark.django_db
def test_a_key_is_forgotten_after_a_day(api: Any) -> None:
    create(api)
    row = IdempotencyKey.objects.get()
    assert timedelta(hours=23) < row.expires_at - timezone.now() <= timedelta(hours=24)
    IdempotencyKey.objects.update(expires_at=timezone.now())

    other = create(api, body={"key": "b"})

    assert (other.status_code, "Idempotent-Replay" in other) == (201, False)
    assert RateCounter.objects.count() == 2
    assert IdempotencyKey.objects.exclude(pk=row.pk).count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 129, "a\tb", "\x7f"])
@pytest.mark.django_db
def test_a_key_is_visible_ascii(api: Any, key: str) -> None:
    response = create(api, key)

    assert (response.status_code, response.json()["code"]) == (400, "invalid_idempotency_key")


@pytest.mark.parametrize("key", ["x" * 128, "!", "~", '"8e03978e"'])
@pytest.mark.django_db
def test_any_visible_ascii_is_a_key(api: Any, key: str) -> None:
    assert create(api, key).status_code == 201


@pytest.mark.django_db
def test_an_operation_may_refuse_keys(api: Any) -> None:
    public = api().post("echo/", {}, Idempotency_Key="k1")
    configured = api("company_admin").post("counters/configure/", Idempotency_Key="k1")

    assert public.json()["code"] == "idempotency_not_supported"
    assert configured.json()["code"] == "idempotency_not_supported"


@pytest.mark.django_db
def test_a_deed_without_input_is_done_once_too(api: Any) -> None:
    row = RateCounter.objects.create(key="a", count=0, expires_at=timezone.now())

    answers = [api("agent").post(f"counters/{row.id}/touch/", Idempotency_Key="k") for _ in "ab"]

    assert [(one.status_code, one.json()["count"]) for one in answers] == [(200, 1), (200, 1)]


@pytest.mark.parametrize("transactions", [False, True])
def test_only_the_first_transaction_of_a_deed_carries_the_key(
    api: Any, transactions: bool, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("transactional_db" if transactions else "db")

    answers = [api("agent").post("counters/pair/", Idempotency_Key="k") for _ in "ab"]

    assert [one.json()["key"] for one in answers] == ["first", "first"]
    assert "Idempotent-Replay" not in answers[0]
    assert RateCounter.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_noted_after_a_refusal_spends_no_key(api: Any) -> None:
    answers = [api("agent").post("counters/refuse/", Idempotency_Key="k") for _ in "a"]

    assert [one.status_code for one in answers] == [403]
    assert RateCounter.objects.filter(key="noted").count() == 1
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.django_db
def test_a_key_means_nothing_to_other_methods(api: Any) -> None:
    assert api("agent").get("counters/", Idempotency_Key="é").status_code == 200


@pytest.mark.django_db
def test_a_body_is_remembered_by_a_keyed_hash_only(api: Any, settings: Any) -> None:
    create(api)
    before = IdempotencyKey.objects.get()
    settings.SECRET_KEY = "another" * 10

    response = create(api)

    assert response.json()["code"] == "idempotency_key_reused"
    assert len(before.body_hash) == len(before.scope_hash) == 64


@pytest.mark.django_db
def test_who_waits_too_long_for_the_first_is_told_to_come_back(api: Any) -> None:
    blocked = OperationalError("canceling statement due to lock timeout")
    blocked.__cause__ = LockTimeout()

    with mock.patch.object(IdempotencyKey, "save", side_effect=blocked):
        response = create(api)

    assert (response.status_code, response.json()["code"]) == (409, InProgress.default_code)
    assert response["Retry-After"] == "1"
    assert RateCounter.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_have_one_effect(api: Any) -> None:
    answers = race(lambda number: create(api), times=50)

    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 409}
    assert RateCounter.objects.count() == 1
    firsts = [one for one in answers if one.status_code == 201 and "Idempotent-Replay" not in one]
    assert len(firsts) == 1
    assert all(
        one.json()["code"] == "idempotency_in_progress" for one in answers if one.status_code == 409
    )


class LockTimeout(Exception):
    sqlstate = "55P03"


def another_member(request: Any) -> Any:
    actor = known_actor(request)
    return replace(actor, member_id=UUID(int=5)) if actor else None
