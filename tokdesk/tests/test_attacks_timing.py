"""A15, R16: known and unknown addresses differ by less than 10 ms, with the real hasher."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest

from accounts.tests.devices import device
from accounts.tests.forms import register_form, sign_up_form
from conftest import World
from tokdesk.settings import auth

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

TRIES = 200
ALLOWED_SECONDS = 0.010
FORMS: dict[str, tuple[str, Callable[[str, int], Any]]] = {
    "login": ("auth/login/", lambda email, n: {"email": email, "password": f"guess-{n}"}),
    "forgot": ("auth/password/forgot/", lambda email, n: {"email": email}),
    "register": ("auth/register/", lambda email, n: register_form(email=email)),
    "sign-up": (
        "companies/",
        lambda email, n: sign_up_form(f"{email[:5]}-{n}", admin={"email": email}),
    ),
}


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any) -> None:
    settings.PASSWORD_HASHERS = auth.PASSWORD_HASHERS
    settings.FORGET_SECONDS = auth.FORGET_SECONDS


@pytest.mark.parametrize("form", FORMS)
def test_the_median_tells_nothing(acme: World, form: str, capsys: Any) -> None:
    path, body = FORMS[form]
    emails = ("agent@acme.example", "nobody@acme.example")
    taken: dict[str, list[float]] = {email: [] for email in emails}

    for n in range(TRIES):
        # Side by side, so that whatever else the machine does falls on both.
        for email in emails if n % 2 else emails[::-1]:
            started = time.perf_counter()
            device().post(path, body(email, n))
            taken[email].append(time.perf_counter() - started)

    known, unknown = (median(taken[email]) for email in emails)
    pairs = zip(*taken.values(), strict=True)
    difference = median(of_known - of_unknown for of_known, of_unknown in pairs)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{form}: median of {TRIES}: known {known * 1000:.1f} ms, "
            f"unknown {unknown * 1000:.1f} ms, difference {difference * 1000:+.1f} ms"
        )
    assert abs(difference) < ALLOWED_SECONDS
