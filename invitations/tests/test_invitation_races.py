"""Fifty at once: one gets in, and whoever takes a right away agrees with who used it."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Membership, Session, User
from accounts.services.members import deactivate_member
from accounts.tests.devices import device
from accounts.tests.factories import (
    PASSWORD,
    access_of,
    actor_for,
    change_role,
    make_member,
    make_user,
)
from accounts.tests.forms import GOOD_PASSWORD
from companies.services import suspend_company
from conftest import World
from departments.services import remove_department_member
from invitations.models import Invitation
from invitations.services import resend, revoke
from invitations.tests.factories import EMAIL, entry, make_invitation, now
from tokdesk.common.actor import Actor, system_actor
from tokdesk.common.errors import Conflict
from tokdesk.common.models import Event, RateCounter
from tokdesk.common.roles import Role
from tokdesk.common.testing import race
from tokdesk.tests.answers import outcome
from tokdesk.tests.interleaving import just_before

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]

IN, GONE = (201, ""), (410, "gone")


def outcomes(answers: list[Any]) -> list[tuple[int, str]]:
    return sorted(outcome(answer) for answer in answers)


def accept(token: str, number: int = 0, **changes: Any) -> Any:
    body = entry(token, name=f"Nour {number}", **{"password": f"good-password-{number}", **changes})
    return device().post("invitations/accept/", body)


def events(type_: str) -> list[Event]:
    return list(Event.objects.filter(type=type_).order_by("at", "id"))


def newcomers(world: World, email: str = EMAIL) -> list[Membership]:
    rows = Membership.unscoped.select_related("user")
    return list(rows.filter(company=world.company, user__email=email))


def boss_of(world: World) -> Actor:
    return actor_for(make_member(world.company, Role.COMPANY_ADMIN, "boss@acme.example"))


def one_gets_in(world: World, email: str = EMAIL) -> None:
    """One round: of fifty new people behind one mail a single one comes in, with its own words."""
    row, token = make_invitation(world.admin, email, department=world.support)

    answers = race(lambda number: accept(token, number))

    assert outcomes(answers) == [IN, *[GONE] * 49]
    winner = next(number for number, each in enumerate(answers) if each.status_code == 201)
    [member] = newcomers(world, email)
    assert member.user.check_password(f"good-password-{winner}")
    assert (now(row).status, now(row).accepted_by_id) == ("accepted", member.id)
    told = Event.objects.filter(type="invitation.accepted", stream=f"invitation:{row.id}")
    assert (told.count(), Session.objects.filter(user=member.user).count()) == (1, 1)


def test_of_fifty_new_people_one_gets_in(acme: World) -> None:
    one_gets_in(acme)


@pytest.mark.proof
def test_of_fifty_one_gets_in_two_hundred_times(acme: World) -> None:
    for number in range(200):
        one_gets_in(acme, f"nour{number}@new.example")


@pytest.mark.parametrize("by", ["password", "session"])
def test_of_fifty_tries_of_a_known_person_one_gets_in(acme: World, globex: World, by: str) -> None:
    known = make_member(globex.company, Role.USER, EMAIL)
    access = access_of(known) if by == "session" else None
    body = {"password": PASSWORD} if by == "password" else {}
    row, token = make_invitation(acme.admin)

    answers = race(
        lambda _: device(access=access).post("invitations/accept/", {"token": token, **body})
    )

    assert outcomes(answers) == [IN, *[GONE] * 49]
    assert [member.user_id for member in newcomers(acme)] == [known.user_id]
    assert now(row).version == 2


def test_either_the_revoking_or_the_accepting_happened(acme: World) -> None:
    row, token = make_invitation(acme.admin)
    boss = actor_for(acme.admin)

    def work(number: int) -> Any:
        return revoke(actor=boss, invitation=row) if number % 2 else accept(token, number)

    answers = race(work)

    accepts, revokes = outcomes(answers[::2]), answers[1::2]
    told = [len(events(f"invitation.{each}")) for each in ("accepted", "revoked")]
    if now(row).status == "accepted":
        assert accepts == [IN, *[GONE] * 24]
        assert {type(each) for each in revokes} == {Conflict}
        assert (told, len(newcomers(acme))) == ([1, 0], 1)
    else:
        assert accepts == [GONE] * 25
        assert {each.status for each in revokes} == {"revoked"}
        assert (told, len(newcomers(acme))) == ([0, 1], 0)


LOSSES: dict[str, tuple[str, Callable[[World, Actor], Any]]] = {
    "deactivated": (
        "member.deactivated",
        lambda world, boss: deactivate_member(actor=boss, member=world.manager),
    ),
    "demoted": (
        "member.role_changed",
        lambda world, boss: change_role(actor=boss, member=world.manager, role=Role.AGENT),
    ),
    "out of the department": (
        "department.member_removed",
        lambda world, boss: remove_department_member(
            actor=boss, department=world.support, member=world.manager
        ),
    ),
}


@pytest.mark.parametrize(("lost", "lose"), LOSSES.values(), ids=LOSSES.keys())
def test_nobody_gets_in_after_the_inviter_lost_the_right(
    acme: World, lost: str, lose: Callable[[World, Actor], Any]
) -> None:
    row, token = make_invitation(acme.manager, department=acme.support)
    boss = boss_of(acme)

    answers = race(lambda number: lose(acme, boss) if number == 25 else accept(token, number))

    accepts = outcomes(answers[:25] + answers[26:])
    [loss] = events(lost)
    if now(row).status == "accepted":
        assert accepts == [IN, *[GONE] * 48]
        assert events("invitation.accepted")[0].at < loss.at
        assert len(newcomers(acme)) == 1
    else:
        assert accepts == [GONE] * 49
        assert now(row).status == "pending"
        assert newcomers(acme) == []


def test_whoever_is_shut_out_while_coming_in_is_out(acme: World) -> None:
    """A contact of the company; the one who comes in last may find the new session refused."""
    contact = make_member(acme.company, Role.USER, EMAIL, user=None)
    row, token = make_invitation(acme.admin)
    boss = actor_for(acme.admin)

    def work(number: int) -> Any:
        shut = number == 25
        return deactivate_member(actor=boss, member=contact) if shut else accept(token, number)

    answers = race(work)

    accepts = outcomes(answers[:25] + answers[26:])
    after = Membership.unscoped.get(pk=contact.pk)
    assert after.status == "deactivated"
    assert (after.user_id is not None) == (now(row).status == "accepted")
    assert accepts[1:] == [GONE] * 48
    assert accepts[0] in (IN, GONE, (403, "membership_deactivated"))
    assert Session.objects.filter(member=contact, ended_at=None).count() == 0


def test_nobody_gets_into_a_company_that_is_suspended_meanwhile(acme: World) -> None:
    row, token = make_invitation(acme.admin)

    def work(number: int) -> Any:
        if number == 25:
            return suspend_company(actor=system_actor(), company=acme.company, reason="x")
        return accept(token, number)

    answers = race(work)

    accepts = outcomes(answers[:25] + answers[26:])
    assert accepts[1:] == [GONE] * 48
    assert accepts[0] in (IN, GONE, (403, "company_suspended"))
    assert (now(row).status == "accepted") == (len(newcomers(acme)) == 1)
    if now(row).status == "accepted":
        assert events("invitation.accepted")[0].at < events("company.suspended")[0].at


def test_an_old_link_lets_in_or_is_replaced(acme: World) -> None:
    row, token = make_invitation(acme.admin)
    boss = actor_for(acme.admin)

    answers = race(
        lambda number: resend(actor=boss, invitation=row) if number == 25 else accept(token, number)
    )

    accepts = outcomes(answers[:25] + answers[26:])
    if now(row).status == "accepted":
        assert isinstance(answers[25], Conflict)
        assert accepts == [IN, *[GONE] * 48]
    else:
        assert now(row).resent == 1
        assert accepts == [(404, "not_found")] * 49


def test_one_address_is_invited_once(acme: World) -> None:
    access = access_of(acme.admin)

    answers = race(
        lambda _: device(access=access).post("invitations/", {"email": EMAIL, "role": "agent"})
    )

    assert outcomes(answers) == [IN, *[(409, "already_invited")] * 49]
    assert Invitation.unscoped.count() == len(events("invitation.sent")) == 1


def test_each_address_of_overlapping_lists_is_invited_once(acme: World) -> None:
    access = access_of(acme.admin)
    emails = [f"p{number}@x.example" for number in range(20)]

    def work(number: int) -> Any:
        turned = emails[number:] + emails[:number]
        body = {"emails": turned, "role": "agent"}
        return device(access=access).post("invitations/bulk/", body)

    answers = race(work, 10)

    assert {answer.status_code for answer in answers} == {200}
    results = [row for answer in answers for row in answer.json()["results"]]
    created = [row["email"] for row in results if row["outcome"] == "created"]
    assert sorted(created) == sorted(emails)
    assert {row["outcome"] for row in results} == {"created", "already_invited"}
    assert Invitation.unscoped.count() == len(events("invitation.sent")) == 20


def test_one_list_sent_often_with_one_key_counts_once(acme: World, settings: Any) -> None:
    settings.RATE_LIMITS_ENABLED = True
    access = access_of(acme.admin)
    body = {"emails": [EMAIL, "other@x.example"], "role": "agent"}

    def work(_number: int) -> Any:
        return device(access=access).post("invitations/bulk/", body, Idempotency_Key="k1")

    answers = [*race(work, 10), work(10)]

    assert {answer.status_code for answer in answers} == {200}
    assert sum("Idempotent-Replay" in answer.headers for answer in answers) == 10
    assert Invitation.unscoped.count() == 2
    assert RateCounter.objects.get().count == 2


def test_an_address_invited_this_moment_is_found_on_the_second_try(acme: World) -> None:
    access = access_of(acme.admin)
    body = {"emails": [EMAIL, "other@x.example"], "role": "agent"}

    def invite() -> None:
        make_invitation(acme.manager, department=acme.support)

    with just_before('INSERT INTO "invitations_invitation"', invite):
        answer = device(access=access).post("invitations/bulk/", body)

    found = [row["outcome"] for row in answer.json()["results"]]
    assert found == ["already_invited", "created"]


def test_an_account_made_this_moment_is_not_opened_by_the_form(acme: World) -> None:
    """Somebody else proved the address in between: its password is not this form's to choose."""
    row, token = make_invitation(acme.admin)

    with just_before('INSERT INTO "accounts_user"', lambda: make_user(EMAIL)):
        answer = accept(token, password=GOOD_PASSWORD)

    assert outcome(answer) == (401, "invalid_credentials")
    assert User.objects.get(email=EMAIL).check_password(PASSWORD)
    assert now(row).status == "pending"


def test_a_password_changed_this_moment_opens_nothing(acme: World) -> None:
    known = make_user(EMAIL)
    row, token = make_invitation(acme.admin)

    def change() -> None:
        User.objects.filter(pk=known.pk).update(password="!")

    with just_before('UPDATE "companies_companystate"', change):
        answer = device().post("invitations/accept/", {"token": token, "password": PASSWORD})

    assert outcome(answer) == (401, "invalid_credentials")
    assert now(row).status == "pending"
