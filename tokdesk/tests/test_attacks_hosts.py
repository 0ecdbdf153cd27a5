"""A17: no header decides where a mailed link leads, and a foreign host is served nothing."""

from typing import Any

import pytest

from accounts.tests.factories import sign_in_as
from accounts.tests.forms import register_form, sign_up_form
from conftest import World, client_of
from notifications.tests.mailbox import delivered, html_of, link_in
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

FORMS: dict[str, Any] = {
    "auth/password/forgot/": {"email": "agent@acme.example"},
    "auth/register/": register_form("acme"),
    "companies/": sign_up_form("initech"),
}
FORGED = [
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example, testserver"},
    {"X-Forwarded-Server": "evil.example"},
    {"X-Host": "evil.example"},
    {"X-Original-Host": "evil.example"},
    {"X-Forwarded-Proto": "http"},
    {"X-Forwarded-Prefix": "/evil"},
    {"X-Forwarded-Port": "6666"},
    {"X-Rewrite-Url": "https://evil.example/"},
    {"X-Original-Url": "https://evil.example/"},
    {"Forwarded": "host=evil.example;proto=http"},
    {"Origin": "https://evil.example"},
    {"Referer": "https://evil.example/"},
    {"Host": "localhost"},
    {"Host": "127.0.0.1:6666"},
]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "forged", FORGED, ids=lambda headers: " ".join(map(": ".join, headers.items()))
)
def test_a_link_leads_to_our_own_address(acme: World, path: str, forged: dict[str, str]) -> None:
    with delivered() as mails:
        answer = ApiClient(**forged).post(path, FORMS[path])

    assert answer.status_code in (201, 202)
    [mail] = mails
    assert link_in(mail).startswith("https://desk.example/accounts/")
    for text in (mail.body, html_of(mail)):
        assert "evil" not in text
        assert "6666" not in text


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "testserver.evil.example",
        "evil.example:80",
        "testserver:x",
        "testserver@evil.example",
        "testserver evil.example",
        "testserver,evil.example",
        "[::1]",
        "[::1",
        "/evil",
        ":80",
        "..",
    ],
)
def test_a_foreign_host_triggers_nothing(acme: World, path: str, host: str) -> None:
    with delivered() as mails, nothing_changes():
        answer = ApiClient(Host=host).post(path, FORMS[path])

    assert outcome(answer) == (400, "bad_host")
    assert mails == []


def test_the_base_address_is_a_setting(acme: World, settings: Any) -> None:
    settings.BASE_URL = "https://other.example"

    with delivered() as mails:
        ApiClient().post("auth/password/forgot/", {"email": "agent@acme.example"})

    assert link_in(mails[0]).startswith("https://other.example/accounts/reset/?token=")


def test_a_forged_host_puts_no_foreign_link_into_a_page(acme: World) -> None:
    client = client_of(acme.agent)
    sign_in_as(acme.agent)

    answer = client.get("me/sessions/?limit=1", X_Forwarded_Host="evil.example")

    assert answer.json()["next"].startswith("http://testserver/api/v1/me/sessions/?")
