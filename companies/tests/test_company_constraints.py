"""What the database itself refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from companies.models import Company, CompanyState
from companies.tests.factories import make_company
from tokdesk.common.db import try_insert
from tokdesk.common.tenancy import company_scope

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_two_living_companies_never_share_a_slug() -> None:
    make_company("acme")

    with pytest.raises(IntegrityError):
        make_company("acme")


def test_deleted_companies_may_share_one_with_a_living_one() -> None:
    make_company("acme", is_deleted=True)
    make_company("acme", is_deleted=True)

    assert make_company("acme").pk is not None
    assert Company.objects.living().count() == 1


def test_a_company_has_one_row_of_counters() -> None:
    company = make_company("acme")

    with company_scope(company.id):
        assert not try_insert(CompanyState(company=company))


@pytest.mark.parametrize("slug", ["Acme", "-a", "a-", "a b", "a\n", ""])
def test_a_model_form_refuses_what_the_api_refuses(slug: str) -> None:
    company = Company(name="Acme", slug=slug, email="a@acme.example")

    with pytest.raises(ValidationError) as refusal:
        company.full_clean()

    assert list(refusal.value.message_dict) == ["slug"]


def test_a_setting_that_was_never_set_has_its_default() -> None:
    assert make_company("acme").setting("customer_registration") is True


def test_a_setting_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        make_company("acme").setting("no_such_setting")


def test_a_new_company_waits_and_is_not_active() -> None:
    company = Company(name="Acme", slug="acme", email="a@acme.example")

    assert (company.status, company.is_active) == ("pending", False)
