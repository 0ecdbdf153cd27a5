"""Who is there: in all processes together, while somebody says so, and not for everybody."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis
import time_machine
from django.test import override_settings

from accounts import presence
from accounts.choices import Availability
from accounts.models import Membership
from conftest import World, client_of
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import race

pytestmark = pytest.mark.contract


@pytest.fixture(autouse=True)
def _nobody_is_there() -> Iterator[None]:
    presence.forget_all()
    yield
    presence.forget_all()


def is_there(world: World) -> dict[Any, str]:
    with company_scope(world.company.pk):
        return presence.shown(world.company.pk)


def available(world: World, who: Membership, state: str) -> None:
    with company_scope(world.company.pk):
        Membership.objects.filter(pk=who.pk).update(availability=state)


def enter(world: World, who: Membership, socket: str = "a") -> bool:
    return presence.enter(world.company.pk, who.pk, socket, most=8)


@pytest.mark.parametrize("state", Availability.values)
def test_who_hides_is_shown_to_nobody(acme: World, state: str) -> None:
    available(acme, acme.agent, state)
    enter(acme, acme.agent)

    hides = state in ("offline", "invisible")
    assert is_there(acme) == ({} if hides else {acme.agent.pk: state})


def test_the_last_socket_takes_a_person_away(acme: World) -> None:
    available(acme, acme.agent, "online")
    for name in ("a", "b"):
        enter(acme, acme.agent, name)
    presence.leave(acme.company.pk, acme.agent.pk, "a")
    assert is_there(acme) == {acme.agent.pk: "online"}
    presence.leave(acme.company.pk, acme.agent.pk, "b")

    assert is_there(acme) == {}


def test_a_socket_counts_until_it_is_not_renewed(acme: World) -> None:
    available(acme, acme.agent, "online")
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        enter(acme, acme.agent)
        clock.shift(presence.LIFETIME_SECONDS - 1)
        presence.refresh(acme.company.pk, {acme.agent.pk: ["a"]})
        clock.shift(presence.LIFETIME_SECONDS - 1)
        assert is_there(acme) == {acme.agent.pk: "online"}
        clock.shift(1)

        assert is_there(acme) == {}


def test_customers_are_in_no_list_and_companies_apart(acme: World, globex: World) -> None:
    for who in (acme.customer, acme.agent):
        available(acme, who, "online")
        enter(acme, who)

    assert (is_there(acme), is_there(globex)) == ({acme.agent.pk: "online"}, {})


def test_a_person_has_eight_sockets(acme: World) -> None:
    assert [enter(acme, acme.agent, str(number)) for number in range(9)] == [True] * 8 + [False]
    assert enter(acme, acme.agent2) is True
    presence.leave(acme.company.pk, acme.agent.pk, "3")

    assert [enter(acme, acme.agent, name) for name in ("x", "y")] == [True, False]


def test_of_twenty_at_once_eight_come_in(acme: World) -> None:
    came = race(lambda number: enter(acme, acme.agent, str(number)), times=20)

    assert sorted(came) == [False] * 12 + [True] * 8


def test_the_list_names_colleagues_who_are_there(acme: World, globex: World) -> None:
    for who, state in ((acme.agent, "busy"), (acme.manager, "invisible")):
        available(acme, who, state)
        enter(acme, who)

    answer = client_of(acme.agent2).get("presence/").json()
    assert answer == {
        "results": [
            {
                "member": {
                    "id": str(acme.agent.pk),
                    "name": "Agent",
                    "role": "agent",
                    "avatar": None,
                },
                "availability": "busy",
            }
        ]
    }
    assert client_of(globex.agent).get("presence/").json() == {"results": []}


class TestWithRedis:
    """The table that all processes share."""

    @pytest.fixture(autouse=True)
    def _shared(self, redis_url: str) -> Iterator[None]:
        caches = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": redis_url}}
        with override_settings(REDIS_URL=redis_url, CACHES=caches):
            yield

    def test_another_process_knows_it_too(self, acme: World) -> None:
        available(acme, acme.agent, "online")
        enter(acme, acme.agent)
        presence.forget_all()
        assert is_there(acme) == {acme.agent.pk: "online"}

        presence.leave(acme.company.pk, acme.agent.pk, "a")
        assert is_there(acme) == {}

    def test_the_limit_holds_over_processes(self, acme: World) -> None:
        for number in range(8):
            assert enter(acme, acme.agent, str(number)) is True
            presence.forget_all()

        assert enter(acme, acme.agent, "8") is False
        assert enter(acme, acme.agent2, "8") is True

    def test_a_wiped_table_is_learnt_again(self, acme: World, redis_url: str) -> None:
        available(acme, acme.agent, "online")
        enter(acme, acme.agent)
        redis.Redis.from_url(redis_url).flushdb()
        presence.refresh(acme.company.pk, {acme.agent.pk: ["a"]})
        presence.forget_all()

        assert is_there(acme) == {acme.agent.pk: "online"}

    def test_sockets_of_a_dead_process_run_out(self, acme: World) -> None:
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            for number in range(8):
                enter(acme, acme.agent, str(number))
            presence.forget_all()
            clock.shift(presence.LIFETIME_SECONDS)

            assert enter(acme, acme.agent, "new") is True

    def test_a_dead_process_leaves_nothing_behind(self, acme: World, redis_url: str) -> None:
        client = redis.Redis.from_url(redis_url)
        by_time, by_name = presence._keys(acme.company.pk)
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            for number in range(8):
                enter(acme, acme.agent, str(number))
            clock.shift(presence.LIFETIME_SECONDS)
            enter(acme, acme.manager, "new")

        alone = [f"{acme.manager.pk.hex}:new".encode()]
        assert client.zrange(by_time, 0, -1) == client.zrange(by_name, 0, -1) == alone
        for key in (by_time, by_name):
            assert 0 < client.ttl(key) <= presence.KEY_SECONDS


def test_without_redis_a_process_knows_its_own(acme: World) -> None:
    available(acme, acme.agent, "online")
    url = "redis://127.0.0.1:1/0"
    caches = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url}}
    with override_settings(REDIS_URL=url, CACHES=caches):
        assert enter(acme, acme.agent, str(uuid4())) is True
        assert is_there(acme) == {acme.agent.pk: "online"}
