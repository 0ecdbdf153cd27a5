"""A14: limit N means at most N, in parallel, over many addresses, whatever a header claims."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Session, User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD
from conftest import World
from tokdesk.common.testing import race
from tokdesk.tests.answers import outcome

pytestmark = pytest.mark.contract

EMAIL = "agent@acme.example"
WRONG = (401, "invalid_credentials")
LIMITED = (429, "rate_limited")


@pytest.fixture(autouse=True)
def _limits(settings: Any) -> None:
    settings.RATE_LIMITS_ENABLED = True
    # The limits of load are another thing; here they must not stand before those of guessing.
    settings.REQUEST_LIMITS = {"anonymous": "1000000/minute", "member": "1000000/minute"}


def guess(password: str = "wrong", email: str = EMAIL, **who: str) -> Any:
    return device(**who).post("auth/login/", {"email": email, "password": password})


def outcomes_of(work: Any, tries: int) -> Counter[tuple[int, str]]:
    """That many tries by fifty threads; `work` gets the number of the try."""
    share = tries // 50
    answers = race(lambda n: [outcome(work(share * n + each)) for each in range(share)])
    return Counter(each for some in answers for each in some)


@pytest.mark.django_db(transaction=True)
def test_ten_of_five_hundred_parallel_guesses_are_looked_at(acme: World) -> None:
    outcomes = outcomes_of(lambda n: guess(f"guess-{n}"), 500)

    assert outcomes == {WRONG: 10, LIMITED: 490}


@pytest.mark.django_db(transaction=True)
def test_many_addresses_make_no_more_guesses(acme: World) -> None:
    outcomes = outcomes_of(lambda n: guess(f"guess-{n}", ip=f"203.0.113.{n + 1}"), 200)

    assert outcomes == {WRONG: 10, LIMITED: 190}


@pytest.mark.django_db(transaction=True)
def test_many_accounts_make_no_more_guesses_from_one_address(acme: World) -> None:
    outcomes = outcomes_of(lambda n: guess(email=f"person{n}@acme.example"), 150)

    assert outcomes == {WRONG: 100, LIMITED: 50}


@pytest.mark.django_db(transaction=True)
def test_a_claimed_address_makes_no_more_guesses(acme: World) -> None:
    outcomes = outcomes_of(
        lambda n: device(**{"X-Forwarded-For": f"198.51.100.{n}"}).post(
            "auth/login/", {"email": f"person{n}@acme.example", "password": "wrong"}
        ),
        150,
    )

    assert outcomes == {WRONG: 100, LIMITED: 50}


@pytest.mark.django_db(transaction=True)
def test_the_right_password_among_many_is_no_way_around(acme: World) -> None:
    """Successes give their try back, so wrong guesses beside them still number ten at most.

    Ten more are free to the network that has signed in: nobody else uses up its own count.
    """
    outcomes = outcomes_of(lambda n: guess(PASSWORD if n % 10 == 0 else f"guess-{n}"), 200)

    assert outcomes[WRONG] <= 20
    assert outcomes[(200, "")] + outcomes[WRONG] + outcomes[LIMITED] == 200


@pytest.mark.django_db
def test_the_answer_says_how_long_to_wait(acme: World) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(10):
            assert outcome(guess()) == WRONG
        clock.shift(60)
        answer = guess()

    assert outcome(answer) == LIMITED
    assert answer.headers["Retry-After"] == "241"


@pytest.mark.django_db
def test_while_it_is_limited_even_the_right_password_waits(acme: World) -> None:
    for _ in range(10):
        guess()

    assert outcome(guess(PASSWORD)) == LIMITED
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_the_victim_signs_in_after_the_window(acme: World) -> None:
    for _ in range(30):
        guess()

    with time_machine.travel(timezone.now() + timedelta(seconds=301)):
        answer = guess(PASSWORD)

    assert answer.status_code == 200


@pytest.mark.django_db
def test_the_window_does_not_grow_by_knocking(acme: World) -> None:
    start = timezone.now()
    for minute in range(5):
        with time_machine.travel(start + timedelta(minutes=minute)):
            for _ in range(10):
                guess()

    with time_machine.travel(start + timedelta(seconds=302)):
        assert guess(PASSWORD).status_code == 200


@pytest.mark.django_db
def test_a_limited_account_leaves_others_alone(acme: World) -> None:
    for _ in range(12):
        guess()

    assert guess(PASSWORD, email="admin@acme.example").status_code == 200


@pytest.mark.django_db
def test_a_success_gives_its_try_back(acme: World) -> None:
    answers = [guess(PASSWORD) for _ in range(30)]

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.django_db
def test_a_success_does_not_wipe_what_was_guessed_before(acme: World) -> None:
    for _ in range(9):
        guess()
    assert guess(PASSWORD, ip="192.0.2.77").status_code == 200

    assert [outcome(guess()) for _ in range(2)] == [WRONG, LIMITED]


@pytest.mark.django_db
def test_nobody_is_locked_out_of_the_own_network_by_guesses_from_elsewhere(acme: World) -> None:
    assert guess(PASSWORD, ip="198.51.100.7").status_code == 200
    for _ in range(50):
        guess()

    assert outcome(guess(PASSWORD)) == LIMITED
    assert guess(PASSWORD, ip="198.51.100.7").status_code == 200


@pytest.mark.django_db
def test_the_own_network_is_limited_by_itself(acme: World) -> None:
    guess(PASSWORD)

    assert [outcome(guess()) for _ in range(11)] == [WRONG] * 10 + [LIMITED]


@pytest.mark.django_db
@pytest.mark.parametrize("email", [EMAIL, EMAIL.upper(), f" {EMAIL} ", "Agent@Acme.Example"])
def test_the_form_of_the_address_makes_no_second_account(acme: World, email: str) -> None:
    for _ in range(10):
        guess()

    assert outcome(guess(email=email)) == LIMITED


@pytest.mark.django_db
def test_an_ipv6_customer_is_one_network(acme: World) -> None:
    for n in range(100):
        guess(email=f"person{n}@acme.example", ip=f"2001:db8:1:2::{n:x}")

    assert outcome(guess(ip="2001:db8:1:2:ffff::1")) == LIMITED
    assert outcome(guess(ip="2001:db8:1:3::1")) == WRONG


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trusted", "forwarded", "counted"),
    [
        (0, "198.51.100.1", "192.0.2.10"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (1, "not an address", "192.0.2.10"),
        (1, "", "192.0.2.10"),
    ],
)
def test_as_many_hops_are_believed_as_proxies_are_ours(
    acme: World, settings: Any, trusted: int, forwarded: str, counted: str
) -> None:
    settings.TRUSTED_PROXIES = trusted

    device(**{"X-Forwarded-For": forwarded}).post(
        "auth/login/", {"email": EMAIL, "password": PASSWORD}
    )

    assert Session.objects.get().ip == counted


@pytest.mark.django_db
def test_the_known_and_the_unknown_are_limited_alike(acme: World) -> None:
    known = [outcome(guess()) for _ in range(12)]
    unknown = [outcome(guess(email="nobody@acme.example")) for _ in range(12)]

    assert known == unknown == [WRONG] * 10 + [LIMITED] * 2


@pytest.mark.django_db
def test_the_staff_sites_door_shares_the_limit(staff: User) -> None:
    for _ in range(10):
        guess(email=staff.email)

    form = {"username": staff.email, "password": PASSWORD}
    browser = device()._client
    answer = browser.post("/admin/login/", form)

    assert answer.status_code == 200
    assert "Too many tries" in answer.content.decode()
    assert not Session.objects.exists()
