"""Accounts as staff see them, and what they do to them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Session, User
from accounts.services.platform import (
    end_account_session,
    end_account_sessions,
    send_password_reset,
)
from accounts.tests.factories import actor_for, make_member, make_user, sign_in_as
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.errors import Conflict, Denied
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import unscoped
from tokdesk.common.testing import recorded_events
from tokdesk.tests.staffsite import (
    asks_to_sign_in,
    browser_of,
    move_url,
    page_of,
    said,
    text_of,
)

LIST = "/admin/accounts/user/"
MOVES = ["deactivate", "reactivate", "end-sessions", "send-reset"]


def row_url(user: User, rows: str, row: Membership | Session, name: str) -> str:
    return f"{LIST}{user.pk}/{rows}/{row.pk}/{name}/"


def is_active(member: Membership) -> bool:
    with unscoped():
        return Membership.objects.get(pk=member.pk).is_active


def test_an_account_is_deactivated_and_signed_out_everywhere(
    staff: User, acme: World, globex: World
) -> None:
    user = acme.agent.user
    make_member(globex.company, Role.USER, user.email)
    sign_in_as(acme.agent)
    client = browser_of(staff)

    with recorded_events() as events:
        response = client.post(move_url(user, "deactivate"))

    user.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, page_of(user))
    assert said(response) == ["success: Agent is deactivated."]
    assert events == ["session.ended", "account.deactivated"]
    assert user.is_active is False
    assert Session.objects.get(user=user).end_reason == "deactivated"


def test_an_account_is_reactivated(staff: User, acme: World) -> None:
    user = acme.agent.user
    User.objects.filter(pk=user.pk).update(is_active=False)
    client = browser_of(staff)

    with recorded_events() as events:
        response = client.post(move_url(user, "reactivate"))

    user.refresh_from_db()
    assert said(response) == ["success: Agent is active again."]
    assert events == ["account.reactivated"]
    assert user.is_active is True


def test_nobody_deactivates_themselves(staff: User) -> None:
    client = browser_of(staff)

    with recorded_events() as events:
        response = client.post(move_url(staff, "deactivate"))

    staff.refresh_from_db()
    assert said(response) == ["error: You cannot deactivate yourself."]
    assert events == []
    assert staff.is_active is True
    assert move_url(staff, "deactivate") not in text_of(client.get(page_of(staff)))


def test_all_sessions_of_an_account_are_ended(staff: User, acme: World) -> None:
    user = acme.agent.user
    sign_in_as(acme.agent)
    sign_in_as(acme.agent)
    other = sign_in_as(acme.manager)
    client = browser_of(staff)

    with recorded_events() as events:
        response = client.post(move_url(user, "end-sessions"))

    other.refresh_from_db()
    user.refresh_from_db()
    assert said(response) == ["success: Agent is signed out everywhere."]
    assert events == ["session.ended", "session.ended"]
    assert set(Session.objects.filter(user=user).values_list("end_reason", flat=True)) == {"staff"}
    assert (other.ended_at, user.is_active) == (None, True)


def test_one_session_is_ended(staff: User, acme: World) -> None:
    one, two = sign_in_as(acme.agent), sign_in_as(acme.agent)
    client = browser_of(staff)

    with recorded_events() as events:
        response = client.post(row_url(acme.agent.user, "sessions", one, "end"))

    one.refresh_from_db()
    two.refresh_from_db()
    assert said(response) == ["success: The session has ended."]
    assert events == ["session.ended"]
    assert (one.end_reason, two.ended_at) == ("staff", None)


def test_a_link_to_a_new_password_is_mailed_to_the_owner_only(staff: User, acme: World) -> None:
    user = acme.agent.user
    client = browser_of(staff)

    with recorded_events() as events, delivered() as mails:
        response = client.post(move_url(user, "send-reset"))

    assert said(response) == ["success: A link to a new password is on its way to Agent."]
    assert events == ["password.reset_requested"]
    assert [(each.to, each.subject) for each in mails] == [([user.email], "Set a new password")]


def test_no_link_goes_to_a_deactivated_account(staff: User, acme: World) -> None:
    user = acme.agent.user
    User.objects.filter(pk=user.pk).update(is_active=False)

    with recorded_events() as events, delivered() as mails:
        response = browser_of(staff).post(move_url(user, "send-reset"))

    assert said(response) == ["error: This account is deactivated."]
    assert (events, mails) == (["session.started"], [])


def test_access_to_one_company_is_withdrawn_and_given_back(
    staff: User, acme: World, globex: World
) -> None:
    user = acme.agent.user
    elsewhere = make_member(globex.company, Role.AGENT, user.email)
    inside, outside = sign_in_as(acme.agent), sign_in_as(elsewhere)
    client = browser_of(staff)

    with recorded_events() as events:
        gone = client.post(row_url(user, "memberships", acme.agent, "deactivate"))
    inside.refresh_from_db()
    outside.refresh_from_db()

    assert said(gone) == ["success: The access to Acme is withdrawn."]
    assert events == ["session.ended", "member.deactivated"]
    assert (is_active(acme.agent), is_active(elsewhere)) == (False, True)
    assert (inside.end_reason, outside.ended_at) == ("deactivated", None)

    with recorded_events() as events:
        back = client.post(row_url(user, "memberships", acme.agent, "reactivate"))

    assert said(back)[-1] == "success: The access to Acme is given back."
    assert events == ["member.reactivated"]
    assert is_active(acme.agent)


def test_the_last_admin_of_a_company_stays(staff: User, acme: World) -> None:
    client = browser_of(staff)

    with recorded_events() as events:
        response = client.post(row_url(acme.admin.user, "memberships", acme.admin, "deactivate"))

    assert said(response) == ["error: A company keeps at least one admin."]
    assert events == []
    assert is_active(acme.admin)


def test_a_row_of_another_account_is_not_found(staff: User, acme: World) -> None:
    session = sign_in_as(acme.agent)
    client = browser_of(staff)

    with recorded_events() as events:
        codes = [
            client.post(row_url(acme.manager.user, rows, row, name)).status_code
            for rows, row, name in (
                ("memberships", acme.agent, "deactivate"),
                ("memberships", acme.agent, "reactivate"),
                ("sessions", session, "end"),
            )
        ]

    session.refresh_from_db()
    assert codes == [404, 404, 404]
    assert events == []
    assert (is_active(acme.agent), session.ended_at) == (True, None)


def paths_of(world: World) -> list[str]:
    user = world.agent.user
    rows = [
        row_url(user, "memberships", world.agent, "deactivate"),
        row_url(user, "memberships", world.agent, "reactivate"),
        row_url(user, "sessions", sign_in_as(world.agent), "end"),
    ]
    return [move_url(user, name) for name in MOVES] + rows


def test_a_get_changes_nothing(staff: User, acme: World) -> None:
    client = browser_of(staff)
    paths = paths_of(acme)

    with recorded_events() as events:
        codes = [client.get(path).status_code for path in paths]

    assert codes == [200, 302, 200, 200, 302, 302, 302]
    assert events == []
    assert is_active(acme.agent)
    assert not Session.objects.filter(user=acme.agent.user).exclude(ended_at=None).exists()


def test_without_a_csrf_token_or_without_staff_nothing_changes(staff: User, acme: World) -> None:
    forged = browser_of(staff)
    forged.handler.enforce_csrf_checks = True
    own_admin = Client()
    own_admin.force_login(acme.admin.user)
    paths = paths_of(acme)

    with recorded_events() as events:
        for path in paths:
            assert forged.post(path).status_code == 403
            assert asks_to_sign_in(own_admin.post(path))
            assert asks_to_sign_in(Client().post(path))

    assert events == []
    assert is_active(acme.agent)


def test_the_services_behind_refuse_everybody_but_staff(acme: World) -> None:
    actor = actor_for(acme.admin)
    session = sign_in_as(acme.agent)
    user = acme.agent.user

    with recorded_events() as events:
        with pytest.raises(Denied):
            end_account_sessions(actor=actor, user=user)
        with pytest.raises(Denied):
            end_account_session(actor=actor, session=session)
        with pytest.raises(Denied):
            send_password_reset(actor=actor, user=user)

    session.refresh_from_db()
    assert events == []
    assert session.ended_at is None


def test_ending_an_ended_session_and_mailing_a_closed_account_change_nothing(
    staff: User, acme: World
) -> None:
    actor = actor_for(staff)
    session = sign_in_as(acme.agent)
    closed = make_user("closed@acme.example", is_active=False)
    first = end_account_session(actor=actor, session=session)

    with recorded_events() as events:
        again = end_account_session(actor=actor, session=session)
        with pytest.raises(Conflict) as refusal:
            send_password_reset(actor=actor, user=closed)

    assert (first, again) == (1, 0)
    assert refusal.value.code == "account_deactivated"
    assert events == []


def test_the_page_names_companies_and_roles_but_nothing_that_a_company_knows(
    staff: User, acme: World, globex: World
) -> None:
    user = acme.agent.user
    member = make_member(
        globex.company,
        Role.USER,
        "known-to-globex@example.com",
        user=user,
        name="Nickname at Globex",
        phone="+1 555 0100",
        external_id="customer-77",
    )
    sign_in_as(member)

    page = text_of(browser_of(staff).get(page_of(user)))

    rows = page.partition('id="memberships-heading"')[2].partition("</section>")[0]
    assert re.findall(r'<bdi dir="auto">([^<]*)</bdi></a></th>\s*<td>([^<]*)</td>', rows) == [
        ("Acme", "Agent"),
        ("Globex", "Customer"),
    ]
    for secret in ("known-to-globex", "Nickname", "555 0100", "customer-77"):
        assert secret not in page


def test_the_own_session_is_marked_and_cannot_be_ended_by_mistake(staff: User) -> None:
    client = browser_of(staff)
    other = sign_in_as(staff)

    page = text_of(client.get(page_of(staff)))

    assert page.count(">This one<") == 1
    assert re.findall(r"/sessions/([^/]*)/end/", page) == [str(other.pk)]


def test_the_page_tells_what_happened_to_the_account(staff: User, acme: World) -> None:
    user = acme.agent.user
    sign_in_as(acme.agent)
    client = browser_of(staff)
    client.post(move_url(user, "end-sessions"))

    page = text_of(client.get(page_of(user)))

    story = page.partition('class="timeline"')[2].partition("</ol>")[0]
    assert re.findall(r"<span>([^<]*?) ?(?:<|$)", story) == [
        "Session ended: Ended by platform staff",
        "Signed in from 192.0.2.1.",
    ]


def test_a_deleted_account_is_not_shown(staff: User) -> None:
    gone = make_user("gone@acme.example", is_deleted=True, is_active=False)
    client = browser_of(staff)

    assert "gone@acme.example" not in text_of(client.get(LIST))
    assert client.post(move_url(gone, "reactivate")).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=agent2", ["agent2@acme.example"]),
        ("?q=ACME.example&is_active__exact=0", ["customer@acme.example"]),
        ("?is_super_admin__exact=1", ["super@tokdesk.example"]),
    ],
)
def test_the_list_is_searched_and_filtered(staff: User, acme: World, query, found) -> None:
    User.objects.filter(pk=acme.customer.user_id).update(is_active=False)

    page = text_of(browser_of(staff).get(LIST + query))

    assert re.findall(r'<bdi dir="ltr">([^<]*)</bdi>', page) == found


@pytest.mark.parametrize(
    "query",
    ["?password__startswith=md5", "?password=x", "?sessions__refresh_id__startswith=0", "?nope=1"],
)
def test_the_address_bar_asks_nothing_about_secrets(staff: User, query: str) -> None:
    response = browser_of(staff).get(LIST + query)

    assert response.status_code in (302, 400)


def test_more_rows_ask_no_more_queries(staff: User, acme: World) -> None:
    client = browser_of(staff)
    user = acme.agent.user
    sign_in_as(acme.agent)
    client.get(page_of(user))  # fills Django's own cache of types
    counts = []
    for wave in ("some", "more"):
        for number in range(4):
            make_user(f"{wave}-{number}@tokdesk.example")
            sign_in_as(acme.agent)
        for path in (LIST, page_of(user)):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            counts.append(len(queries))

    assert counts == [4, 7, 4, 7]
