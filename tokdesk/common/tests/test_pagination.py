"""Lists by position: every row once, in order, both ways, whatever happens in between."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from tokdesk.common.api.pagination import FAR, KeysetPagination
from tokdesk.common.models import Event, RateCounter

START = datetime(2026, 1, 1, tzinfo=UTC)
factory = APIRequestFactory()


class View:
    ordering_fields = {"created_at": "created_at", "count": "count", "key": "key"}
    default_ordering = "-created_at"

    @classmethod
    def own_orderings(cls) -> dict[str, str]:
        return cls.ordering_fields


class EventView(View):
    ordering_fields = {"at": "company__created_at"}
    default_ordering = "at"


def make_rows(values: list[int]) -> list[RateCounter]:
    return RateCounter.objects.bulk_create(
        RateCounter(
            key=f"{number:04}",
            count=value,
            created_at=START + timedelta(days=value),
            expires_at=FAR,
        )
        for number, value in enumerate(values)
    )


def page_at(url: str, view: Any = View) -> dict[str, Any]:
    paginator = KeysetPagination()
    rows = paginator.paginate_queryset(RateCounter.objects.all(), Request(factory.get(url)), view)
    return paginator.get_paginated_response([row.key for row in rows]).data


def walk(url: str, link: str) -> tuple[list[str], str]:
    """Every key from here on along one kind of link, and the last page's own address."""
    keys: list[str] = []
    while True:
        page = page_at(url)
        keys = keys + page["results"] if link == "next" else page["results"] + keys
        if page[link] is None:
            return keys, url
        url = page[link]


def in_order(ordering: str) -> list[str]:
    name = ordering.removeprefix("-")
    rows = sorted(
        RateCounter.objects.all(),
        key=lambda row: (getattr(row, name), row.id),
        reverse=ordering[0] == "-",
    )
    return [row.key for row in rows]


many = st.lists(st.integers(0, 4), max_size=12)
quick = hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@given(
    values=many,
    limit=st.integers(1, 5),
    ordering=st.sampled_from(["count", "-count", "-created_at"]),
)
@quick
def test_walking_there_and_back_meets_every_row_once(
    db: None, values: list[int], limit: int, ordering: str
) -> None:
    RateCounter.objects.all().delete()
    make_rows(values)

    forth, last = walk(f"/?ordering={ordering}&limit={limit}", "next")
    back, _first = walk(last, "previous")

    assert forth == back == in_order(ordering)


@given(before=many, added=many, dropped=st.sets(st.integers(0, 11)), limit=st.integers(1, 4))
@quick
def test_rows_that_stay_are_met_once_whatever_comes_and_goes(
    db: None, before: list[int], added: list[int], dropped: set[int], limit: int
) -> None:
    RateCounter.objects.all().delete()
    rows = make_rows(before)
    first = page_at(f"/?ordering=count&limit={limit}")

    RateCounter.objects.filter(key__in=[f"{number:04}" for number in dropped]).delete()
    RateCounter.objects.bulk_create(
        RateCounter(key=f"new{number}", count=value, expires_at=FAR)
        for number, value in enumerate(added)
    )
    rest, last = walk(first["next"], "next") if first["next"] else ([], None)

    stayed = [row.key for row in sorted(rows, key=lambda row: (row.count, row.id))]
    stayed = [key for key in stayed if int(key) not in dropped or key in first["results"]]
    assert [key for key in first["results"] + rest if not key.startswith("new")] == stayed
    if last:
        assert walk(last, "previous")[0] == in_order("count")


@pytest.mark.django_db
def test_the_way_back_from_a_page_that_turned_empty_misses_nothing() -> None:
    make_rows([1, 2, 3])
    first = page_at("/?ordering=count&limit=2")
    RateCounter.objects.filter(count=3).delete()

    empty = page_at(first["next"])
    back = page_at(empty["previous"])

    assert (empty["results"], empty["next"]) == ([], None)
    assert back["results"] == ["0000", "0001"]
    assert back["previous"] is None


@pytest.mark.django_db
def test_a_page_costs_one_query_and_an_empty_list_has_no_neighbours() -> None:
    make_rows([1, 1, 1])

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page_at(page_at("/?limit=1")["next"])

    assert len(queries) == 2
    assert "LIMIT 2" in queries[1]["sql"]
    RateCounter.objects.all().delete()
    assert page_at("/") == {"results": [], "next": None, "previous": None}


@pytest.mark.django_db
def test_links_are_absolute_and_keep_the_other_parameters() -> None:
    make_rows([1, 2])

    link = urlsplit(page_at("/list/?limit=1&ordering=-key&q=a b")["next"])

    assert (link.scheme, link.netloc, link.path) == ("http", "testserver", "/list/")
    query = parse_qs(link.query)
    assert (query["limit"], query["ordering"], query["q"]) == (["1"], ["-key"], ["a b"])


@pytest.mark.django_db
def test_a_missing_time_stands_where_a_very_late_one_would(acme: Any) -> None:
    for company in (None, acme.company, None):
        Event.objects.create(company=company, stream="s", type="T", actor_kind="system", at=START)
    paginator = KeysetPagination()
    rows = Event.objects.filter(stream="s").annotate(name=F("company__slug"))

    found = paginator.paginate_queryset(rows, Request(factory.get("/?limit=2")), EventView)
    link = paginator.get_paginated_response([]).data["next"]
    behind = KeysetPagination().paginate_queryset(rows, Request(factory.get(link)), EventView)

    assert [row.name for row in found + behind] == ["acme", None, None]


def test_a_list_cannot_be_ordered_by_other_values_that_may_be_null(db: None) -> None:
    class BySequence(View):
        ordering_fields = {"seq": "seq"}
        default_ordering = "seq"

    with pytest.raises(ImproperlyConfigured):
        KeysetPagination().paginate_queryset(
            Event.objects.all(), Request(factory.get("/")), BySequence
        )


@pytest.mark.parametrize(
    "limit", ["0", "101", "-1", "", "x", "1.0", "1e1", "1000000000", "9" * 5000, "٣", " 5", "+5"]
)
@pytest.mark.django_db
def test_a_limit_outside_of_1_to_100_is_refused(api: Any, limit: str) -> None:
    response = api("agent").get(f"counters/?limit={limit.replace('+', '%2B')}")

    problem = response.json()
    assert (response.status_code, problem["code"], list(problem["errors"])) == (
        400,
        "invalid",
        ["limit"],
    )


@pytest.mark.parametrize(
    "ordering", ["password", "expires_at", "count__gt", "--key", "-", "", "id", "?", "KEY"]
)
@pytest.mark.django_db
def test_only_declared_orders_exist(api: Any, ordering: str) -> None:
    response = api("agent").get(f"counters/?ordering={ordering}")

    assert (response.status_code, response.json()["code"]) == (400, "unknown_parameter")


@pytest.mark.parametrize(
    "name", ["password__startswith", "key", "count__gt", "company", "offset", "page", "fields"]
)
@pytest.mark.django_db
def test_only_declared_filters_exist(api: Any, name: str) -> None:
    response = api("agent").get(f"counters/?{name}=x")

    problem = response.json()
    assert (response.status_code, problem["code"]) == (400, "unknown_parameter")
    assert list(problem["errors"]) == [name]


@pytest.mark.parametrize(
    "query",
    [
        "count=3",
        "count=",
        "many=1",
        "many=True",
        "many=",
        "since=yesterday",
        "since=2026-01-01T00:00:00",
        "since=2026-13-01T00:00:00Z",
        "ref=5",
        "ref={00000000-0000-7000-8000-00000000000a}",
        "ref=urn:uuid:00000000-0000-7000-8000-00000000000a",
    ],
)
@pytest.mark.django_db
def test_a_filter_reads_one_form_of_value(api: Any, query: str) -> None:
    response = api("agent").get(f"counters/?{query}")

    problem = response.json()
    assert (response.status_code, problem["code"]) == (400, "invalid")
    assert list(problem["errors"]) == [query.partition("=")[0]]


@pytest.mark.django_db
def test_filters_narrow_the_list(api: Any) -> None:
    rows = make_rows([1, 2, 2])

    def keys(query: str) -> list[str]:
        answer = api("agent").get(f"counters/?ordering=key&{query}").json()
        return [row["key"] for row in answer["results"]]

    assert keys("count=2") == ["0001", "0002"]
    assert keys("many=true") == ["0001", "0002"]
    assert keys(f"ref={rows[0].id.hex.upper()}") == ["0000"]
    assert keys("ref=00000000-0000-7000-8000-00000000000a") == []
    assert keys("since=2026-01-03T00:00:00Z&count=2&many=true") == ["0001", "0002"]


@pytest.mark.django_db
def test_a_cursor_is_refused_when_changed_or_used_in_another_order(api: Any) -> None:
    make_rows([1, 2])
    client = api("agent")
    cursor = parse_qs(urlsplit(client.get("counters/?limit=1").json()["next"]).query)["cursor"][0]

    for query in (
        f"cursor={cursor}&ordering=key",
        f"cursor={cursor}&ordering=created_at",
        f"cursor={cursor[:-1]}",
        f"cursor=A{cursor}",
        "cursor=",
        "cursor=bm9uc2Vuc2U",
        "cursor=" + "A" * 5000,
        "cursor=:::",
    ):
        response = client.get(f"counters/?limit=1&{query}")
        assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor"), query
    assert client.get(f"counters/?cursor={cursor}&ordering=-created_at").status_code == 200
