"""Requests that are no attack on anything but the server's calm: none of them is a 5xx."""

import pytest
from django.test import Client

from accounts.models import User
from conftest import World
from tokdesk.tests.staffsite import browser_of

pytestmark = pytest.mark.django_db
PAGES = ["/accounts/reset/", "/accounts/confirm/", "/accounts/confirm-company/", "/admin/login/"]


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "nonsense"])
@pytest.mark.parametrize("path", [*PAGES, "/api/v1/auth/login/"])
def test_a_form_in_another_charset_is_415(path: str, charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"

    assert Client().generic("POST", path, b"token=x", content_type=kind).status_code == 415


@pytest.mark.parametrize("path", ["/api/docs/", "/api/schema/"])
def test_options_of_the_documentation_is_405(path: str) -> None:
    answer = Client().options(path)

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "query",
    [
        "created_at__year=999999999999",
        "name__regex=(",
        "status__exact[]=x",
        "id__exact=x",
        "q=" + "x" * 5000,
        "p=-1",
        "o=99.x",
    ],
)
def test_a_staff_list_that_is_asked_oddly_answers(staff: User, acme: World, query: str) -> None:
    answer = browser_of(staff).get(f"/admin/companies/company/?{query}", follow=True)

    assert answer.status_code in (200, 400)


def test_a_selection_of_nonsense_changes_nothing(staff: User, acme: World) -> None:
    form = {"action": "approve_selected", "_selected_action": "x"}

    answer = browser_of(staff).post("/admin/companies/company/", form, follow=True)

    assert answer.status_code == 200


def test_a_mailed_page_lets_browsers_say_where_its_form_comes_from() -> None:
    """With `no-referrer` a browser sends `Origin: null`, which the CSRF check refuses."""
    for path in PAGES[:3]:
        answer = Client().get(path, {"token": "x" * 43})

        assert answer.headers["Referrer-Policy"] in ("same-origin", "strict-origin")
