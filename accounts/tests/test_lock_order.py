"""The company's counter comes before every other row, so that no two deeds wait crosswise."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import EndReason
from accounts.models import Membership, Session
from accounts.services.joining import join_company
from accounts.services.members import add_member, reactivate_member
from accounts.services.sessions import end_sessions, switch_company
from accounts.tests.factories import NOBODY, actor_for, make_member, make_user, sign_in_as
from conftest import World
from tokdesk.common.actor import system_actor
from tokdesk.common.roles import Role

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

TABLES = ("companies_companystate", "accounts_membership", "accounts_session")


def taken(deed: Callable[[], Any]) -> list[str]:
    """The tables whose rows a deed locks or writes, in its order; repeats in a row count once."""
    with CaptureQueriesContext(connection) as captured:
        deed()
    tables: list[str] = []
    for query in captured:
        sql = query["sql"]
        if not sql.startswith(("UPDATE", "INSERT")) and "FOR NO KEY UPDATE" not in sql:
            continue
        # The earliest one named is the one that is locked; others are joined to it.
        named = [table for table in TABLES if f'"{table}"' in sql]
        named.sort(key=lambda table: sql.index(f'"{table}"'))
        if named and tables[-1:] != named[:1]:
            tables.append(named[0])
    return tables


def test_giving_access_back_counts_first(acme: World) -> None:
    Membership.unscoped.filter(pk=acme.agent.pk).update(status="deactivated")
    actor = actor_for(acme.admin)

    order = taken(lambda: reactivate_member(actor=actor, member=acme.agent))

    assert order == ["companies_companystate", "accounts_membership"]


def test_bringing_in_counts_first(acme: World) -> None:
    user, actor = make_user("new@work.example"), actor_for(acme.admin)

    order = taken(lambda: add_member(actor=actor, company=acme.company, user=user, role=Role.AGENT))

    assert order == ["companies_companystate", "accounts_membership"]


@pytest.mark.parametrize("is_contact", [True, False])
def test_joining_counts_first(acme: World, is_contact: bool) -> None:
    email = "new@work.example"
    user = make_user(email)
    if is_contact:
        make_member(acme.company, Role.USER, email, user=None)

    order = taken(
        lambda: join_company(
            actor=NOBODY,
            company=acme.company,
            user=user,
            role=Role.USER,
            name="New",
            email=email,
            language="en",
        )
    )

    assert order == ["companies_companystate", "accounts_membership"]


def test_ending_sessions_counts_first_in_every_company(acme: World, globex: World) -> None:
    elsewhere = make_member(globex.company, Role.USER, "agent@acme.example")
    for member in (acme.agent, elsewhere, acme.agent):
        sign_in_as(member)
    sessions = Session.objects.of_person(acme.agent.user_id)

    order = taken(
        lambda: end_sessions(actor=system_actor(), sessions=sessions, reason=EndReason.STAFF)
    )

    assert order == ["companies_companystate", "accounts_session"]
    assert not sessions.filter(ended_at__isnull=True).exists()


def test_switching_counts_first(acme: World, globex: World) -> None:
    make_member(globex.company, Role.USER, "agent@acme.example")
    actor = actor_for(acme.agent, session_id=sign_in_as(acme.agent).id)

    order = taken(lambda: switch_company(actor=actor, company="globex"))

    assert order[0] == "companies_companystate"
    assert order.count("companies_companystate") == 1
