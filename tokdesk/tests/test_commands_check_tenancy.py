"""manage.py check_tenancy"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.models import Membership, Session
from accounts.tests.factories import sign_in_as
from conftest import World
from tokdesk.common.tenancy import CompanyOwned, company_scope
from tokdesk.management.commands.check_tenancy import comparisons
from tokdesk.tests.commands import run_command

pytestmark = pytest.mark.contract


@pytest.fixture
def remark(transactional_db: None) -> Iterator[type[CompanyOwned]]:
    """A model with a table, for as long as the test lasts, that refers to a row of a company."""

    class Remark(CompanyOwned):
        about = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")

        class Meta(CompanyOwned.Meta):
            app_label = "common"

    try:
        with connection.schema_editor() as editor:
            editor.create_model(Remark)
        yield Remark
        with connection.schema_editor() as editor:
            editor.delete_model(Remark)
    finally:
        del apps.all_models["common"]["remark"]
        apps.clear_cache()


def add_remark(remark: type[CompanyOwned], about: Membership) -> CompanyOwned:
    with company_scope(about.company_id):
        row = remark(company=about.company, about=about)
        row.save()
    return row


@pytest.mark.django_db
def test_two_companies_with_people_and_sessions_are_clean(acme: World, globex: World) -> None:
    for world in (acme, globex):
        for person in world.people():
            sign_in_as(person)

    outcome = run_command("check_tenancy", "--json")

    assert outcome.code == 0
    assert (outcome.json["rows"], outcome.json["mismatches"]) == (0, [])
    assert outcome.json["comparisons"] == len(comparisons())


@pytest.mark.django_db
def test_a_session_that_carries_the_membership_of_another_person_is_found(
    acme: World, globex: World
) -> None:
    sign_in_as(acme.agent)
    session = sign_in_as(acme.admin)
    Session.objects.filter(pk=session.pk).update(member_id=globex.admin.pk)

    outcome = run_command("check_tenancy", "--json")

    assert outcome.code == 1
    assert outcome.json["mismatches"] == [
        {"relation": "accounts.Session.member", "count": 1, "ids": [str(session.pk)]}
    ]


@pytest.mark.django_db
def test_a_session_of_a_membership_that_lost_its_person_is_found(acme: World) -> None:
    session = sign_in_as(acme.admin)
    Membership.unscoped.filter(pk=acme.admin.pk).update(user=None)

    outcome = run_command("check_tenancy")

    assert outcome.code == 1
    assert outcome.out.splitlines()[:2] == [
        "accounts.Session.member: 1 rows",
        f"  {session.pk}",
    ]
    assert outcome.last_line.startswith("Next: keep a backup")


def test_a_row_that_refers_across_the_wall_is_found(
    remark: type[CompanyOwned], acme: World, globex: World
) -> None:
    add_remark(remark, globex.agent)
    foreign = add_remark(remark, acme.agent)
    assert run_command("check_tenancy").code == 0
    remark.unscoped.filter(pk=foreign.pk).update(about_id=globex.customer.pk)

    outcome = run_command("check_tenancy", "--json")

    assert outcome.code == 1
    assert outcome.json["mismatches"] == [
        {"relation": "common.Remark.about", "count": 1, "ids": [str(foreign.pk)]}
    ]


def test_of_many_rows_the_first_twenty_are_named(
    remark: type[CompanyOwned], acme: World, globex: World
) -> None:
    ids = [str(add_remark(remark, acme.agent).pk) for _ in range(25)]
    remark.unscoped.update(about_id=globex.agent.pk)

    as_json = run_command("check_tenancy", "--json").json
    as_text = run_command("check_tenancy").out.splitlines()

    assert as_json["mismatches"] == [
        {"relation": "common.Remark.about", "count": 25, "ids": sorted(ids)[:20]}
    ]
    assert as_text[0] == "common.Remark.about: 25 rows"
    assert as_text[-2] == "  and 5 more"


@pytest.mark.django_db
def test_a_dry_run_counts_what_would_be_compared(acme: World) -> None:
    sign_in_as(acme.admin)

    outcome = run_command("check_tenancy", "--dry-run", "--json")

    assert outcome.code == 0
    assert outcome.json["dry_run"] is True
    assert outcome.json["rows"] >= 1
