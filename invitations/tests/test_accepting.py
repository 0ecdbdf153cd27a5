"""POST invitations/accept/: somebody comes in."""

import pytest
from django.utils import timezone

from accounts.models import Membership, Session, User
from accounts.tests.factories import PASSWORD, actor_for, make_member, make_user
from accounts.tests.forms import GOOD_PASSWORD, customer_token
from companies.models import Company
from conftest import World, client_of
from departments.models import DepartmentMember
from departments.services import archive_department
from departments.tests.factories import make_department
from invitations.tests.factories import EMAIL, entry, make_invitation, now
from notifications.tests.mailbox import delivered, token_in
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def come_in(token: str, **changes: object) -> object:
    return ApiClient().post("invitations/accept/", entry(token, **changes))


def member_of(world: World) -> Membership:
    return Membership.unscoped.select_related("user").get(company=world.company, user__email=EMAIL)


def places_of(member: Membership) -> list[str]:
    places = DepartmentMember.unscoped.filter(member=member)
    return sorted(places.values_list("department__name", flat=True))


def test_somebody_new_gets_an_account_a_place_and_a_session(acme: World) -> None:
    row, token = make_invitation(acme.admin, department=acme.support)

    answer = come_in(token)

    member = member_of(acme)
    assert answer.status_code == 201
    shown = answer.json()
    assert sorted(shown) == [
        "access",
        "access_expires_at",
        "companies",
        "company",
        "member",
        "refresh",
        "role",
        "user",
    ]
    assert shown["user"]["email"] == EMAIL
    assert shown["member"] == {
        "id": str(member.id),
        "name": "Nour Haddad",
        "email": EMAIL,
        "availability": "offline",
        "status": "active",
    }
    assert (shown["company"]["slug"], shown["role"]) == ("acme", "agent")
    assert [each["member_id"] for each in shown["companies"]] == [str(member.id)]
    assert ApiClient(shown["access"]).get("me/").status_code == 200
    assert places_of(member) == ["Support"]
    assert member.user.check_password(GOOD_PASSWORD)


def test_the_invitation_says_who_came_in_and_when(acme: World) -> None:
    row, token = make_invitation(acme.admin)
    before = timezone.now()

    with recorded_events() as events:
        come_in(token)

    member = member_of(acme)
    used = now(row)
    assert (used.status, used.accepted_by_id, used.version) == ("accepted", member.id, 2)
    assert before <= used.accepted_at <= timezone.now()
    assert events == ["member.added", "invitation.accepted", "session.started"]
    event = Event.objects.get(type="invitation.accepted")
    assert event.payload == {"invitation_id": str(row.id), "member_id": str(member.id)}


@pytest.mark.parametrize("role", ["company_admin", "manager", "agent", "user"])
def test_everybody_comes_in_with_the_role_that_was_offered(acme: World, role: str) -> None:
    _row, token = make_invitation(acme.admin, role=role)

    answer = come_in(token)

    assert (answer.json()["role"], member_of(acme).role) == (role, role)
    assert places_of(member_of(acme)) == []


def test_the_new_account_speaks_the_companys_language(acme: World) -> None:
    Company.objects.filter(pk=acme.company.pk).update(language="ar")
    _row, token = make_invitation(acme.admin)

    assert come_in(token).json()["user"]["language"] == "ar"
    assert member_of(acme).language == "ar"


def test_a_customer_is_in_no_department_whoever_invited(acme: World) -> None:
    _row, token = make_invitation(acme.manager, role=Role.USER, department=acme.support)

    assert come_in(token).status_code == 201
    assert places_of(member_of(acme)) == []


def test_a_known_person_comes_in_by_the_own_password(acme: World, globex: World) -> None:
    known = make_member(globex.company, Role.USER, EMAIL, name="Nour of Globex").user
    hash_before = known.password
    _row, token = make_invitation(acme.admin)

    answer = ApiClient().post("invitations/accept/", {"token": token, "password": PASSWORD})

    assert answer.status_code == 201
    assert answer.json()["user"]["id"] == str(known.id)
    assert sorted(each["slug"] for each in answer.json()["companies"]) == ["acme", "globex"]
    assert User.objects.get(pk=known.pk).password == hash_before
    assert Membership.unscoped.filter(user=known).count() == 2


def test_a_known_person_comes_in_by_the_own_session(acme: World, globex: World) -> None:
    known = make_member(globex.company, Role.AGENT, EMAIL)
    _row, token = make_invitation(acme.admin)
    client = client_of(known)

    answer = client.post("invitations/accept/", {"token": token})

    assert answer.status_code == 201
    assert answer.json()["company"]["slug"] == "acme"
    # The session that proved it stays where it is.
    assert client.get("me/").json()["company"]["slug"] == "globex"
    assert Session.objects.filter(user=known.user).count() == 2


def test_the_form_changes_nothing_of_a_known_account(acme: World) -> None:
    known = make_user(EMAIL, name="Own Name", language="ar", theme="dark")
    before = User.objects.filter(pk=known.pk).values().get()
    _row, token = make_invitation(acme.admin)

    answer = come_in(token, name="Another Name", password=PASSWORD)

    assert answer.status_code == 201
    assert User.objects.filter(pk=known.pk).values().get() == before
    assert (member_of(acme).name, member_of(acme).language) == ("Own Name", "ar")


def test_the_right_password_beside_somebody_elses_session_is_enough(acme: World) -> None:
    known = make_user(EMAIL)
    _row, token = make_invitation(acme.admin)

    answer = client_of(acme.agent2).post(
        "invitations/accept/", {"token": token, "password": PASSWORD}
    )

    assert answer.json()["user"]["id"] == str(known.id)


def test_a_dead_session_beside_the_right_password_bars_nobody(acme: World) -> None:
    known = make_user(EMAIL)
    _row, token = make_invitation(acme.admin)
    client = ApiClient("not.a.token")

    answer = client.post("invitations/accept/", {"token": token, "password": PASSWORD})

    assert answer.json()["user"]["id"] == str(known.id)


@pytest.mark.parametrize("has_account", [True, False])
def test_a_contact_becomes_the_person_and_keeps_what_the_company_wrote(
    acme: World, has_account: bool
) -> None:
    contact = make_member(
        acme.company, Role.USER, EMAIL, user=None, name="Mrs Haddad", phone="+20 2 1234"
    )
    if has_account:
        make_user(EMAIL)
    _row, token = make_invitation(acme.admin, department=acme.billing)

    answer = come_in(token, password=PASSWORD)

    member = member_of(acme)
    assert answer.status_code == 201
    assert (member.id, member.role, member.phone) == (contact.id, "agent", "+20 2 1234")
    assert (member.name, member.user.name) == (
        "Mrs Haddad",
        "Nour" if has_account else "Nour Haddad",
    )
    assert places_of(member) == ["Billing"]


def test_an_address_that_the_company_holds_for_somebody_else_stays_theirs(acme: World) -> None:
    other = make_member(acme.company, Role.AGENT, "other@acme.example")
    _row, token = make_invitation(acme.admin)
    Membership.unscoped.filter(pk=other.pk).update(email=EMAIL)

    assert come_in(token).status_code == 201
    assert member_of(acme).email == ""
    assert Membership.unscoped.get(pk=other.pk).user_id == other.user_id


def test_an_archived_department_leads_to_what_it_was_archived_into(acme: World) -> None:
    first = make_department(acme.company, "First")
    second = make_department(acme.company, "Second")
    _row, token = make_invitation(acme.admin, department=first)
    boss = actor_for(acme.admin)
    archive_department(actor=boss, department=first, move_to=second)
    archive_department(actor=boss, department=second, move_to=acme.billing)

    assert come_in(token).status_code == 201
    assert places_of(member_of(acme)) == ["Billing"]


def test_a_department_that_went_nowhere_places_nobody(acme: World) -> None:
    gone = make_department(acme.company, "Gone")
    _row, token = make_invitation(acme.admin, department=gone)
    type(gone).unscoped.filter(pk=gone.pk).update(is_deleted=True)

    assert come_in(token).status_code == 201
    assert places_of(member_of(acme)) == []


def test_the_password_of_an_older_form_opens_nothing_afterwards(acme: World) -> None:
    """Whoever filled in a form under this address before is not its owner for that."""
    older = customer_token("acme", email=EMAIL, password="somebody-elses-one")
    _row, token = make_invitation(acme.admin)

    come_in(token)
    confirmed = ApiClient().post("auth/register/confirm/", {"token": older})
    login = ApiClient().post("auth/login/", {"email": EMAIL, "password": "somebody-elses-one"})

    assert confirmed.status_code in (201, 410)
    assert outcome(login) == (401, "invalid_credentials")
    assert member_of(acme).role == "agent"


def test_the_mailed_link_is_the_token(acme: World) -> None:
    with delivered() as mails:
        client_of(acme.admin).post("invitations/", {"email": EMAIL, "role": "agent"})

    assert come_in(token_in(mails[0])).status_code == 201


def test_one_person_comes_into_two_companies(acme: World, globex: World) -> None:
    _row, first = make_invitation(acme.admin)
    _row, second = make_invitation(globex.admin, role=Role.MANAGER)

    come_in(first)
    answer = come_in(second, password=GOOD_PASSWORD)

    assert answer.status_code == 201
    assert User.objects.filter(email=EMAIL).count() == 1
    assert answer.json()["role"] == "manager"


def test_rights_of_the_newcomer_hold_at_once(acme: World) -> None:
    _row, token = make_invitation(acme.admin, role=Role.MANAGER, department=acme.billing)
    client = ApiClient(come_in(token).json()["access"])

    answer = client.post(
        "invitations/",
        {"email": "next@x.example", "role": "agent", "department": str(acme.billing.id)},
    )

    assert answer.status_code == 201
