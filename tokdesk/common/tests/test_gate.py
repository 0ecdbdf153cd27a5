"""The gate before every view: who, how often, with what right, in which company, asking what."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework.decorators import action
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer

from tokdesk.common.api.views import BaseAPIView
from tokdesk.common.api.viewsets import BaseViewSet
from tokdesk.common.tenancy import open_company
from tokdesk.common.tests.small_api import (
    ACME,
    CounterViewSet,
    EchoView,
    ScopeView,
    make_counter,
)


def test_the_company_is_open_while_a_view_works_and_renders(api: Any) -> None:
    response = api("agent").get("scope/")

    assert response.json() == {"company": str(ACME)}
    assert open_company() is None


def test_a_crash_leaves_no_company_open_even_with_its_traceback_kept(api: Any) -> None:
    kept = api("agent").get("scope/?crash=true")

    assert kept.status_code == 500
    assert kept.exc_info is not None
    assert open_company() is None


def test_a_public_operation_opens_no_company(api: Any) -> None:
    assert api("agent").post("scope/").json() == {"company": "None"}


def test_a_dead_credential_bars_nobody_from_a_public_operation(api: Any) -> None:
    assert api("dead").post("echo/", {"text": "a"}).status_code == 200
    assert api("dead").get("scope/").json()["code"] == "session_ended"


def test_a_right_comes_before_the_input(api: Any) -> None:
    assert api().post("counters/configure/?x=1", {"y": 1}).status_code == 401
    assert api("agent").post("counters/configure/?x=1", {"y": 1}).status_code == 403
    assert api("company_admin").post("counters/configure/?x=1", {"y": 1}).status_code == 400
    assert api("company_admin").post("counters/configure/").status_code == 204


def test_platform_staff_enter_only_where_no_company_is_needed(api: Any) -> None:
    assert api("platform").get("platform/").status_code == 204
    assert api("platform").get("company/").json()["code"] == "permission_denied"
    assert api("agent").get("platform/").json()["code"] == "permission_denied"


def test_an_operation_without_input_takes_no_field(api: Any) -> None:
    response = api("company_admin").post("counters/configure/", {"company": "x"})

    assert (response.status_code, response.json()["code"]) == (400, "unknown_field")


@pytest.mark.parametrize(
    ("send", "code"),
    [
        (lambda client: client.get("scope/?limit=5"), "unknown_parameter"),
        (lambda client: client.post("echo/?x=1", {}), "unknown_parameter"),
        (lambda client: client.get("scope/?crash=1&crash=2"), "invalid"),
    ],
)
def test_an_unknown_or_repeated_parameter_is_refused(api: Any, send: Any, code: str) -> None:
    response = send(api("agent"))

    assert (response.status_code, response.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("body", "header", "expected"),
    [
        ({}, None, None),
        ({"version": 3}, None, 3),
        ({"version": 3}, '"4"', 3),
        ({}, '"4"', 4),
        ({}, "*", None),
    ],
)
def test_the_expected_version_comes_from_body_or_header(
    api: Any, body: dict[str, int], header: str | None, expected: int | None
) -> None:
    headers = {"If_Match": header} if header else {}

    response = api("agent").patch("version/", body, **headers)

    assert response.json() == {"expected": expected}


@pytest.mark.parametrize("header", ["4", 'W/"4"', '"a"', '"4", "5"', '"-4"', '""', '"99999999999"'])
@pytest.mark.parametrize("body", [{}, {"version": 3}])
def test_an_if_match_of_another_form_is_malformed(
    api: Any, header: str, body: dict[str, int]
) -> None:
    response = api("agent").patch("version/", body, If_Match=header)

    assert (response.status_code, response.json()["code"]) == (400, "malformed")


def test_304_is_never_answered(api: Any) -> None:
    assert api("agent").patch("version/", {}, If_None_Match='"7"').status_code == 200


@pytest.fixture
def in_development(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [JSONRenderer, BrowsableAPIRenderer]
    for view in (CounterViewSet, ScopeView, EchoView):
        monkeypatch.setattr(view, "renderer_classes", both)


@pytest.mark.django_db
def test_the_browsable_api_shows_lists_and_objects_in_development(
    api: Any, in_development: None
) -> None:
    row = make_counter(key="hello", count=1)
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

    pages = [
        api("agent", **browser).get("counters/"),
        api("agent", **browser).get(f"counters/{row.id}/"),
        api("agent", **browser).get("scope/"),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert all(page["Content-Type"].startswith("text/html") for page in pages)
    assert b"hello" in pages[0].content
    assert str(ACME).encode() in pages[2].content
    assert open_company() is None


def test_an_error_is_json_for_a_browser_too(api: Any, in_development: None) -> None:
    page = api(Accept="text/html").get("counters/")

    assert (page.status_code, page["Content-Type"]) == (401, "application/problem+json")
    assert api("agent", Accept="*/*").get("scope/")["Content-Type"] == "application/json"


@pytest.mark.django_db
def test_an_id_is_compared_by_value(api: Any) -> None:
    row = make_counter(key="a", count=1)

    for text in (str(row.id), row.id.hex, str(row.id).upper()):
        assert api("agent").get(f"counters/{text}/").json()["key"] == "a"
    assert api("agent").get(f"counters/{ACME}/").json()["code"] == "not_found"


def test_a_view_that_forgets_a_right_never_starts() -> None:
    with pytest.raises(ImproperlyConfigured, match="lacks"):

        class Forgetful(BaseAPIView):
            permission_codes = {"get": None}

            def get(self, request: Any) -> None: ...
            def post(self, request: Any) -> None: ...

    with pytest.raises(ImproperlyConfigured, match="add_row"):

        class ForgetfulSet(BaseViewSet):
            permission_codes = {"list": None, "rows": None}

            @action(detail=True)
            def rows(self, request: Any, pk: str) -> None: ...

            @rows.mapping.post
            def add_row(self, request: Any, pk: str) -> None: ...


@pytest.mark.parametrize(
    ("codes", "problem"),
    [
        ({"get": "counter:see"}, "role table"),
        ({"get": None, "put": None}, "no use"),
        ({"get": "company:approve"}, "needs_company"),
    ],
)
def test_a_view_that_asks_for_an_impossible_right_never_starts(
    codes: dict[str, str], problem: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=problem):
        type("Odd", (BaseAPIView,), {"permission_codes": codes, "get": lambda view, request: None})
