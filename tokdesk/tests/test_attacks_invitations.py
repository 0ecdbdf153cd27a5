"""A21, A22 and their neighbours: one mail lets one person in, once, as what was offered."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership, User
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
from companies.models import Company
from companies.services import suspend_company
from conftest import World, client_of
from invitations.models import Invitation
from invitations.tests.factories import EMAIL, entry, make_invitation, now
from notifications.tests.mailbox import delivered, html_of, token_in
from tokdesk.common.actor import system_actor
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes, text_of_all_rows

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

GONE, WRONG, UNKNOWN = (410, "gone"), (401, "invalid_credentials"), (404, "not_found")


def accept(token: Any, client: ApiClient | None = None, **changes: Any) -> Any:
    return (client or ApiClient()).post("invitations/accept/", entry(token, **changes))


def preview(token: Any) -> Any:
    return ApiClient().post("invitations/preview/", {"token": token})


def test_a_mail_lets_in_once(acme: World) -> None:
    _row, token = make_invitation(acme.admin)
    first = accept(token)

    with nothing_changes():
        again = [accept(token), accept(token, name="Other"), preview(token)]
        mine = accept(token, ApiClient(first.json()["access"]))

    assert first.status_code == 201
    assert [outcome(answer) for answer in [*again, mine]] == [GONE] * 4
    assert len({without_request_id(answer) for answer in [*again, mine]}) == 1


def test_an_expired_mail_never_lets_in_again(acme: World) -> None:
    row, token = make_invitation(acme.admin, expires_at=timezone.now() - timedelta(days=400))

    with nothing_changes():
        assert outcome(accept(token)) == GONE
    assert now(row).status == "pending"


def test_the_form_carries_no_other_address(acme: World) -> None:
    """The person is whom the mail went to, whoever forwards it."""
    _row, token = make_invitation(acme.admin)

    with nothing_changes():
        named = accept(token, email="eve@evil.example")
    accept(token)

    assert faults(named) == {"email": ["unknown_field"]}
    member = Membership.unscoped.get(company=acme.company, user__email=EMAIL)
    assert member.email == EMAIL
    assert not User.objects.filter(email="eve@evil.example").exists()


def test_a_forwarded_mail_gives_its_reader_no_place_by_the_own_session(
    acme: World, globex: World
) -> None:
    """Eve has an account and Nour's mail, and Nour has an account too."""
    make_user(EMAIL)
    row, token = make_invitation(acme.admin, role=Role.COMPANY_ADMIN)
    eve = client_of(globex.customer)

    with nothing_changes():
        answers = [
            eve.post("invitations/accept/", {"token": token}),
            eve.post("invitations/accept/", {"token": token, "password": PASSWORD + "x"}),
        ]

    assert [outcome(answer) for answer in answers] == [WRONG] * 2
    assert now(row).status == "pending"


def test_another_companys_person_joins_and_loses_nothing(acme: World, globex: World) -> None:
    known = make_member(globex.company, Role.MANAGER, EMAIL, name="Globex name")
    account = User.objects.filter(pk=known.user_id).values().get()
    _row, token = make_invitation(acme.admin, role=Role.USER)

    answer = accept(token, name="Acme name", password=PASSWORD)

    assert answer.json()["role"] == "user"
    assert User.objects.filter(pk=known.user_id).values().get() == account
    there = Membership.unscoped.get(pk=known.pk)
    assert (there.role, there.name) == ("manager", "Globex name")
    assert client_of(there).get("me/").json()["company"]["slug"] == "globex"


def test_a_mail_never_sets_the_password_of_an_account(acme: World, globex: World) -> None:
    """An admin invites the victim's address, guesses a password and gets nothing."""
    victim = make_member(globex.company, Role.COMPANY_ADMIN, EMAIL)
    _row, token = make_invitation(acme.admin)

    with nothing_changes():
        answer = accept(token, password=GOOD_PASSWORD)

    assert outcome(answer) == WRONG
    assert User.objects.get(pk=victim.user_id).check_password(PASSWORD)


@pytest.mark.parametrize(
    "field",
    [
        *("role", "department", "email", "company", "company_id", "invited_by", "expires_at"),
        *("status", "version", "user", "member", "is_super_admin", "is_staff", "language"),
    ],
)
def test_no_field_makes_more_of_it(acme: World, field: str) -> None:
    _row, token = make_invitation(acme.admin, role=Role.USER)

    with nothing_changes():
        answer = accept(token, **{field: "company_admin"})

    assert outcome(answer) == (400, "unknown_field")


@pytest.mark.parametrize(
    "field", ["token", "token_hash", "status", "invited_by", "expires_at", "company", "id", "batch"]
)
def test_no_field_makes_more_of_what_is_sent(acme: World, globex: World, field: str) -> None:
    client = client_of(acme.admin)
    body = {"role": "agent", field: str(globex.company.id)}

    with nothing_changes():
        one = client.post("invitations/", {**body, "email": EMAIL})
        many = client.post("invitations/bulk/", {**body, "emails": [EMAIL]})

    assert [outcome(answer) for answer in (one, many)] == [(400, "unknown_field")] * 2


def test_nobody_makes_platform_staff_or_raises_the_own_role(acme: World) -> None:
    manager, admin = client_of(acme.manager), client_of(acme.admin)

    with nothing_changes():
        answers = [
            manager.post("invitations/", {"email": EMAIL, "role": "company_admin"}),
            manager.post("invitations/bulk/", {"emails": [EMAIL], "role": "company_admin"}),
            manager.post("invitations/", {"email": acme.manager.email, "role": "company_admin"}),
            admin.post("invitations/", {"email": EMAIL, "role": "super_admin"}),
            admin.post("invitations/", {"email": acme.admin.email, "role": "manager"}),
        ]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 400, 409]


def test_a_demoted_inviters_mail_makes_no_admin(acme: World) -> None:
    """Before the role is taken away, an admin plants a way back in."""
    planter = make_member(acme.company, Role.COMPANY_ADMIN, "planter@acme.example")
    _row, token = make_invitation(planter, "way-back@evil.example", Role.COMPANY_ADMIN)
    change_role(actor=actor_for(acme.admin), member=planter, role=Role.AGENT)

    with nothing_changes():
        assert outcome(accept(token)) == GONE


def test_a_suspended_companys_mails_open_nothing_and_none_go_out(acme: World) -> None:
    _row, token = make_invitation(acme.admin, "first@x.example")
    client = client_of(acme.admin)
    with delivered() as mails:
        client.post("invitations/", {"email": EMAIL, "role": "agent"})
        suspend_company(actor=system_actor(), company=acme.company, reason="Spam.")

    with nothing_changes():
        answers = [accept(token), preview(token)]

    assert [outcome(answer) for answer in answers] == [GONE] * 2
    assert [mail.subject for mail in mails] == ["Acme is suspended"]
    assert client.post("invitations/", {"email": "x@x.example", "role": "agent"}).status_code == 401


WELL_FORMED = ["A" * 43, "_" * 43, "0" * 43, "-" + "A" * 42]
ILL_FORMED = [
    *("", " ", "\t", "\u00a0", "null", "0", "A" * 42, "A" * 44, "A" * 500, "A" * 42 + "="),
    *("A" * 42 + "\u200b", "\u0410" * 43, "A" * 42 + "/", "%", "_%", "' OR 1=1 --" + "A" * 32),
    *(None, 0, True, [], {}, ["A" * 43], {"$ne": ""}, 1.5),
]


@pytest.mark.parametrize("path", ["preview", "accept"])
def test_no_token_that_was_never_mailed_opens_anything(acme: World, path: str) -> None:
    make_invitation(acme.admin)
    used = {"accepted_by": acme.agent, "accepted_at": timezone.now()}
    make_invitation(acme.admin, "used@x.example", status="accepted", **used)

    with nothing_changes():
        answers = [ApiClient().post(f"invitations/{path}/", {"token": t}) for t in WELL_FORMED]

    assert [outcome(answer) for answer in answers] == [UNKNOWN] * len(WELL_FORMED)
    assert len({without_request_id(answer) for answer in answers}) == 1


@pytest.mark.parametrize("path", ["preview", "accept"])
@pytest.mark.parametrize("token", ILL_FORMED, ids=repr)
def test_no_malformed_token_reaches_the_rows(acme: World, path: str, token: Any) -> None:
    make_invitation(acme.admin)

    with nothing_changes():
        answer = ApiClient().post(f"invitations/{path}/", {"token": token})

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == ["token"]


@pytest.mark.parametrize("path", ["preview", "accept"])
def test_no_token_is_taken_around_its_edges(acme: World, path: str) -> None:
    """Another letter case, padding, or the hash that the table holds."""
    row, token = make_invitation(acme.admin)
    tries = [token.swapcase(), token[::-1], row.token_hash[:43], token[:-1] + "A"]
    wrong = [each for each in tries if each != token]

    with nothing_changes():
        answers = [ApiClient().post(f"invitations/{path}/", {"token": each}) for each in wrong]

    assert {outcome(answer) for answer in answers} == {UNKNOWN}


def test_the_tokens_of_other_mails_open_no_invitation(acme: World) -> None:
    with delivered() as mails:
        ApiClient().post("auth/password/forgot/", {"email": "agent@acme.example"})
    _row, invited = make_invitation(acme.admin)
    reset = token_in(mails[0])

    assert outcome(accept(reset)) == UNKNOWN
    body = {"token": invited, "password": GOOD_PASSWORD}
    assert outcome(ApiClient().post("auth/password/reset/", body)) == UNKNOWN
    assert outcome(ApiClient().post("auth/register/confirm/", {"token": invited})) == UNKNOWN
    assert outcome(ApiClient().post("companies/confirm/", {"token": invited})) == UNKNOWN


def test_the_token_stands_nowhere_but_in_the_mail(acme: World, caplog: Any) -> None:
    client = client_of(acme.admin)
    with delivered() as mails:
        sent = client.post("invitations/", {"email": EMAIL, "role": "agent"})
        many = client.post("invitations/bulk/", {"emails": ["b@x.example"], "role": "agent"})
        again = client.post(f"invitations/{sent.json()['id']}/resend/")
    shown = [sent, many, again, client.get("invitations/")]

    tokens = {token_in(mail) for mail in mails}
    assert len(tokens) == 2
    for token in tokens:
        assert token not in text_of_all_rows()
        assert token not in caplog.text
        assert all(token not in answer.content.decode() for answer in shown)
    hashes = set(Invitation.unscoped.values_list("token_hash", flat=True))
    assert all(each not in answer.content.decode() for each in hashes for answer in shown)


def test_an_address_is_looked_up_by_nobody_this_way(acme: World, globex: World) -> None:
    """What an admin hears of an address is the same whether it has an account elsewhere or not."""
    client = client_of(acme.admin)
    known, unknown = globex.agent.email, "nobody@globex.example"

    answers = [client.post("invitations/", {"email": e, "role": "user"}) for e in (known, unknown)]
    again = [client.post("invitations/", {"email": e, "role": "user"}) for e in (known, unknown)]
    many = client.post("invitations/bulk/", {"emails": [known, unknown], "role": "user"})

    assert [answer.status_code for answer in answers] == [201, 201]
    assert without_request_id(again[0]) == without_request_id(again[1])
    assert [row["outcome"] for row in many.json()["results"]] == ["already_invited"] * 2


def test_the_mail_says_nothing_of_other_companies(acme: World, globex: World) -> None:
    with delivered() as mails:
        client_of(acme.admin).post("invitations/", {"email": globex.agent.email, "role": "agent"})

    [mail] = mails
    for text in (mail.subject, mail.body, html_of(mail)):
        assert "Acme" in text
        assert "Globex" not in text.replace(globex.agent.email, "")


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Origin", "Referer"])
def test_the_link_leads_to_our_own_address_whatever_the_request_says(
    acme: World, header: str
) -> None:
    client = client_of(acme.admin)

    with delivered() as mails:
        answer = client.send(
            "POST", "invitations/", {"email": EMAIL, "role": "agent"}, **{header: "evil.example"}
        )

    if header == "Host":
        assert (answer.status_code, mails) == (400, [])
        return
    assert "https://desk.example/accounts/invitation/?token=" in mails[0].body
    assert "evil.example" not in mails[0].body + html_of(mails[0])


def test_refused_attempts_are_written_down_once(acme: World) -> None:
    client = client_of(acme.manager)

    for _again in range(3):
        client.post("invitations/", {"email": EMAIL, "role": "company_admin"})

    event = Event.objects.get(type="security.denied")
    assert (event.actor_member, event.company_id) == (acme.manager.id, acme.company.id)


def test_a_session_from_before_a_demotion_invites_nobody(acme: World) -> None:
    access = access_of(acme.manager)
    change_role(actor=actor_for(acme.admin), member=acme.manager, role=Role.AGENT)
    body = {"email": EMAIL, "role": "agent", "department": str(acme.support.id)}

    with nothing_changes():
        answer = device(access=access).post("invitations/", body)

    assert outcome(answer) == (403, "permission_denied")


def test_a_company_that_is_deleted_lets_nobody_in(acme: World) -> None:
    _row, token = make_invitation(acme.admin)
    Company.objects.filter(pk=acme.company.pk).update(is_deleted=True)

    with nothing_changes():
        assert outcome(accept(token)) == outcome(preview(token)) == GONE
