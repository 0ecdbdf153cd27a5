"""POST companies/: anybody may ask for a company; it waits."""

from typing import Any

import pytest

from accounts.models import Membership, Registration, User
from accounts.tests.factories import make_user
from accounts.tests.forms import GOOD_PASSWORD, sign_up_form
from companies.choices import RESERVED_SLUGS
from companies.models import Company, CompanyState
from companies.tests.factories import make_company
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_a_sign_up_makes_a_pending_company_and_nobody_yet(nobody: ApiClient) -> None:
    with recorded_events() as events:
        response = nobody.post("companies/", sign_up_form("initech", name="  Initech  "))

    assert response.status_code == 201
    assert response.json() == {"name": "Initech", "slug": "initech", "status": "pending"}
    assert events == ["company.created", "registration.requested"]
    company = Company.objects.get()
    assert (company.email, company.email_confirmed_at) == ("bill@initech.example", None)
    assert (company.language, company.version) == ("en", 1)
    assert CompanyState.unscoped.get().company_id == company.id
    assert not User.objects.exists()
    assert not Membership.unscoped.exists()


def test_a_sign_up_is_private_and_names_no_id(nobody: ApiClient) -> None:
    response = nobody.post("companies/", sign_up_form())

    assert response.headers["Cache-Control"] == "no-store"
    assert "Location" not in response.headers
    assert str(Company.objects.get().id) not in response.content.decode()


def test_the_founders_mail_goes_to_the_given_address_alone(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form(admin={"email": "Bill@Initech.EXAMPLE"}))

    assert [mail.to for mail in mails] == [["bill@initech.example"]]
    assert Registration.unscoped.get().email == "bill@initech.example"


def test_the_language_of_the_form_is_the_companys_and_the_founders(nobody: ApiClient) -> None:
    nobody.post("companies/", sign_up_form(language="ar"))

    assert Company.objects.get().language == "ar"
    assert Registration.unscoped.get().language == "ar"


def test_known_and_unknown_addresses_get_the_same_answer(nobody: ApiClient) -> None:
    user = make_user("bill@initech.example")
    password = user.password
    form = sign_up_form("first", admin={"email": "bill@initech.example"})
    known = nobody.post("companies/", {**form, "name": "Same"})

    form = sign_up_form("other", admin={"email": "unknown@initech.example"})
    unknown = nobody.post("companies/", {**form, "name": "Same"})

    assert (known.status_code, unknown.status_code) == (201, 201)
    assert without_request_id(known).replace(b"first", b"other") == without_request_id(unknown)
    user.refresh_from_db()
    assert (user.password, user.name) == (password, "Bill")


@pytest.mark.parametrize("slug", ["a", "7", "a1", "acme-2", "x" * 50, "a--b"])
def test_a_slug_of_letters_digits_and_inner_hyphens_is_taken(nobody: ApiClient, slug: str) -> None:
    response = nobody.post("companies/", {**sign_up_form(), "slug": slug})

    assert (response.status_code, response.json()["slug"]) == (201, slug)


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "Acme",
        "-acme",
        "acme-",
        "ac me",
        "ac_me",
        "ac.me",
        "ac/me",
        "../etc",
        "acmé",
        "аcme",  # noqa: RUF001 - a Cyrillic letter that looks Latin
        "ac\nme",
        "x" * 51,
        None,
        7,
        ["acme"],
    ],
)
def test_any_other_slug_is_refused(nobody: ApiClient, slug: Any) -> None:
    with nothing_changes():
        response = nobody.post("companies/", {**sign_up_form(), "slug": slug})

    assert outcome(response) == (400, "invalid")
    assert list(faults(response)) == ["slug"]


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_reserved_slug_is_refused(nobody: ApiClient, slug: str) -> None:
    with nothing_changes():
        response = nobody.post("companies/", {**sign_up_form(), "slug": slug})

    assert outcome(response) == (400, "slug_reserved")
    assert faults(response) == {"slug": ["slug_reserved"]}


def test_the_paths_of_our_own_pages_are_all_reserved() -> None:
    paths = "app api admin dashboard ws static media widget help"
    outside = "healthz readyz metrics dev try accounts"

    assert frozenset(f"{paths} {outside}".split()) == RESERVED_SLUGS


@pytest.mark.parametrize("status", ["pending", "active", "rejected", "suspended"])
def test_the_slug_of_a_living_company_is_taken(nobody: ApiClient, status: str) -> None:
    make_company("initech", status)

    with nothing_changes():
        response = nobody.post("companies/", sign_up_form("initech"))

    assert outcome(response) == (409, "slug_taken")
    assert "errors" not in response.json()


def test_the_slug_of_a_deleted_company_is_free_again(nobody: ApiClient) -> None:
    make_company("initech", is_deleted=True)

    response = nobody.post("companies/", sign_up_form("initech"))

    assert response.status_code == 201
    assert Company.objects.filter(slug="initech").count() == 2


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("", ["blank"]),
        ("short", ["password_too_short"]),
        ("eleven char", ["password_too_short"]),
        ("password1234", ["password_too_common"]),
        ("bill@initech.example", ["password_too_similar"]),
        (123456789012345, ["invalid"]),
        (None, ["null"]),
        ("x" * 1025, ["max_length"]),
    ],
)
def test_a_weak_password_is_named_where_it_stands(
    nobody: ApiClient, password: Any, codes: list[str]
) -> None:
    with nothing_changes():
        response = nobody.post("companies/", sign_up_form(admin={"password": password}))

    assert outcome(response) == (400, "invalid")
    assert faults(response) == {"admin.password": codes}


def test_a_password_is_taken_as_typed() -> None:
    response = ApiClient().post(
        "companies/", sign_up_form(admin={"password": "  spaces around count  "})
    )

    assert response.status_code == 201
    assert Registration.unscoped.get().password != ""


def test_nested_faults_are_told_by_path(nobody: ApiClient) -> None:
    with nothing_changes():
        response = nobody.post(
            "companies/",
            {"name": " ", "slug": "ok", "admin": {"name": "", "email": "no", "password": "x"}},
        )

    assert outcome(response) == (400, "invalid")
    assert faults(response) == {
        "name": ["blank"],
        "admin.name": ["blank"],
        "admin.email": ["invalid"],
    }


def test_missing_fields_are_all_named(nobody: ApiClient) -> None:
    response = nobody.post("companies/", {})

    assert outcome(response) == (400, "invalid")
    assert faults(response) == {"name": ["required"], "slug": ["required"], "admin": ["required"]}


@pytest.mark.parametrize("admin", [None, "bill", 7, [], [{"name": "x"}], True])
def test_an_admin_that_is_no_object_is_refused(nobody: ApiClient, admin: Any) -> None:
    with nothing_changes():
        response = nobody.post("companies/", {**sign_up_form(), "admin": admin})

    assert outcome(response) == (400, "invalid")
    assert list(faults(response)) in (["admin"], ["admin.non_field_errors"])


def test_unknown_fields_are_refused_at_both_levels(nobody: ApiClient) -> None:
    form = sign_up_form(status="active", admin={"role": "super_admin", "is_super_admin": True})

    with nothing_changes():
        response = nobody.post("companies/", form)

    assert outcome(response) == (400, "unknown_field")
    assert faults(response) == {
        "status": ["unknown_field"],
        "admin.role": ["unknown_field"],
        "admin.is_super_admin": ["unknown_field"],
    }


@pytest.mark.parametrize("language", ["fr", "EN", "", None, 1, ["en"]])
def test_only_our_languages_are_taken(nobody: ApiClient, language: Any) -> None:
    with nothing_changes():
        response = nobody.post("companies/", sign_up_form(language=language))

    assert outcome(response) == (400, "invalid")
    assert list(faults(response)) == ["language"]


@pytest.mark.parametrize("name", ["a\nb", "a\x07b", "x" * 121, ["x"], {"a": 1}, 5])
def test_a_name_is_one_line_of_120_characters(nobody: ApiClient, name: Any) -> None:
    with nothing_changes():
        response = nobody.post("companies/", {**sign_up_form(), "name": name})

    assert outcome(response) == (400, "invalid")
    assert list(faults(response)) == ["name"]


def test_somebody_who_is_signed_in_may_open_a_company_too(acme: World) -> None:
    from_inside = ApiClient("a stale token bars no public form").post("companies/", sign_up_form())

    assert from_inside.status_code == 201


def test_the_password_is_hashed_and_never_answered(nobody: ApiClient) -> None:
    response = nobody.post("companies/", sign_up_form())

    assert GOOD_PASSWORD not in response.content.decode()
    assert GOOD_PASSWORD not in Registration.unscoped.get().password
