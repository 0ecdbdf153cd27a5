"""Which language an answer speaks: what the request asks for, else the person's own."""

import pytest

from accounts.models import User
from accounts.tests.factories import access_of
from conftest import World
from tokdesk.common.testing import ApiClient

pytestmark = pytest.mark.django_db


def refused(acme: World, own: str, **headers: str) -> tuple[str, str]:
    """Language and code of a refused request by a person with this own language."""
    User.objects.filter(pk=acme.agent.user_id).update(language=own)
    answer = ApiClient(access_of(acme.agent)).get("companies/", **headers)
    return answer.headers["Content-Language"], answer.json()["code"]


def test_the_request_decides(acme: World) -> None:
    assert refused(acme, "en", Accept_Language="ar") == ("ar", "permission_denied")
    assert refused(acme, "ar", Accept_Language="en") == ("en", "permission_denied")


def test_a_request_that_asks_for_none_gets_the_persons_own(acme: World) -> None:
    assert refused(acme, "ar") == ("ar", "permission_denied")
    assert refused(acme, "en") == ("en", "permission_denied")


def test_no_language_stays_behind_for_the_next_request(acme: World) -> None:
    refused(acme, "ar")

    answer = ApiClient().get("me/")
    assert answer.headers["Content-Language"] == "en"
