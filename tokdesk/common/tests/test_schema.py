"""The contract as a document: what views declare is what it says."""

from typing import Any, ClassVar

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tokdesk.common.api.viewsets import BaseViewSet
from tokdesk.common.tests import small_api


@pytest.fixture(scope="module")
def document() -> Any:
    """Without a database: a query would fail here."""
    return SchemaGenerator(patterns=small_api.urlpatterns).get_schema(request=None, public=True)


def operation(document: Any, method: str, path: str) -> Any:
    return document["paths"][f"/api/v1/{path}"][method]


def names(operation: Any, place: str) -> set[str]:
    return {one["name"] for one in operation.get("parameters", []) if one["in"] == place}


def test_the_document_is_valid(document: Any) -> None:
    validate_schema(document)

    assert document["openapi"] == "3.1.0"


def test_public_operations_say_so(document: Any) -> None:
    assert operation(document, "post", "echo/")["security"] == []
    assert operation(document, "get", "counters/")["security"] == [{"bearer": []}, {"session": []}]


def test_a_list_names_its_parameters_and_pages(document: Any) -> None:
    listed = operation(document, "get", "counters/")

    assert names(listed, "query") == {
        "limit",
        "cursor",
        "ordering",
        "count",
        "many",
        "since",
        "ref",
    }
    page = listed["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    shape = document["components"]["schemas"][page.rpartition("/")[2]]
    assert set(shape["required"]) == {"results", "next", "previous"}


def test_further_parameters_are_named_where_they_are_allowed(document: Any) -> None:
    assert names(operation(document, "get", "scope/"), "query") == {"crash"}


def test_only_operations_that_take_a_key_show_the_header(document: Any) -> None:
    created = operation(document, "post", "counters/")

    assert names(created, "header") == {"Idempotency-Key"}
    assert "Idempotent-Replay" in created["responses"]["201"]["headers"]
    assert names(operation(document, "post", "counters/configure/"), "header") == set()
    assert names(operation(document, "get", "counters/"), "header") == set()


def test_a_change_of_a_versioned_object_takes_if_match(document: Any) -> None:
    assert names(operation(document, "patch", "version/"), "header") == {"If-Match"}


def test_ids_are_uuids(document: Any) -> None:
    (path_id,) = operation(document, "get", "counters/{id}/")["parameters"]

    assert path_id["schema"] == {"type": "string", "format": "uuid"}


def test_errors_are_problems_in_every_operation(document: Any) -> None:
    for path in document["paths"].values():
        for described in path.values():
            for status, answer in described["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"]
            assert {"400", "401", "403", "429", "503"} <= described["responses"].keys()


def test_an_operation_without_input_or_output_has_no_body(document: Any) -> None:
    configured = operation(document, "post", "counters/configure/")

    assert "requestBody" not in configured
    assert "requestBody" in operation(document, "post", "counters/")


def test_base_classes_lend_nobody_their_words(document: Any) -> None:
    assert "description" not in operation(document, "get", "company/")
    assert operation(document, "get", "counters/")["description"] == "Counters."


def shapes(document: Any) -> Any:
    return document["components"]["schemas"]


def test_a_body_says_that_it_takes_no_further_field(document: Any) -> None:
    bodies = {name: shape for name, shape in shapes(document).items() if name.endswith("Request")}

    assert bodies
    assert all(shape["additionalProperties"] is False for shape in bodies.values())
    assert "description" not in bodies["CounterInputRequest"]


def test_the_headers_of_an_operation_show_their_form(document: Any) -> None:
    created = operation(document, "post", "counters/")["parameters"]
    changed = operation(document, "patch", "version/")["parameters"]

    assert [one["schema"]["pattern"] for one in created] == [r"^[\x21-\x7e]{1,128}$"]
    assert [one["schema"]["pattern"] for one in changed] == [r'^(\*|"([0-9]{1,9})")$']


def test_what_is_said_of_one_list_shows_on_no_other() -> None:
    class One(BaseViewSet):
        permission_codes: ClassVar = {"list": None, "retrieve": None}

    class Other(BaseViewSet):
        permission_codes: ClassVar = {"list": None, "retrieve": None}

    assert One.list is not Other.list
    assert One.retrieve is not Other.retrieve


def test_an_answer_may_have_either_face_of_an_object(site: Any) -> None:
    assert list(shapes(site)["OwnCompany"]) == ["anyOf"]


def test_an_address_that_may_be_missing_is_no_promise_of_one(site: Any) -> None:
    assert "format" not in shapes(site)["OwnMembership"]["properties"]["email"]
    assert shapes(site)["CompanyOutput"]["properties"]["email"]["format"] == "email"


@pytest.fixture(scope="module")
def site() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_whole_site_is_described_without_a_warning() -> None:
    GENERATOR_STATS.reset()

    document = SchemaGenerator().get_schema(request=None, public=True)

    assert "/api/v1/auth/login/" in document["paths"]
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
    validate_schema(document)
