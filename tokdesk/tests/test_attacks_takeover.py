"""No company gets at a person's account by writing the person's address down."""

from typing import Any

import pytest

from accounts.models import Membership, User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, make_member, make_user
from accounts.tests.forms import GOOD_PASSWORD, customer_token
from conftest import World, client_of
from notifications.tests.mailbox import delivered
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

VICTIM = "agent@globex.example"
UNKNOWN = "nobody@globex.example"
# What may differ between two answers about two contacts.
OWN = ("id", "email", "created_at", "updated_at")


def account(email: str = VICTIM) -> dict[str, Any]:
    """The account and its places elsewhere, as rows."""
    users = User.objects.filter(email=email)
    rows = Membership.unscoped.filter(user__email=email).exclude(company__slug="acme")
    return {"users": list(users.values()), "places": list(rows.order_by("id").values())}


def companies_of(email: str, password: str = PASSWORD) -> list[str]:
    answer = device().post("auth/login/", {"email": email, "password": password})
    assert answer.status_code == 200, answer.content
    return sorted(each["slug"] for each in answer.json()["companies"])


def said(answer: Any) -> tuple[int, dict[str, Any], list[str]]:
    body = {name: value for name, value in answer.json().items() if name not in OWN}
    return answer.status_code, body, sorted(answer.headers)


@pytest.mark.parametrize("who", ["admin", "manager", "agent"])
def test_a_contact_of_a_known_address_is_like_any_other(
    acme: World, globex: World, who: str
) -> None:
    client = client_of(getattr(acme, who))
    before = account()

    with delivered() as mails:
        known, unknown = (
            client.post("customers/", {"name": "Carla", "email": email})
            for email in (VICTIM, UNKNOWN)
        )

    assert said(known) == said(unknown)
    assert (known.status_code, known.json()["is_registered"]) == (201, False)
    assert Membership.unscoped.get(pk=known.json()["id"]).user_id is None
    assert account() == before
    assert mails == []
    assert companies_of(VICTIM) == ["globex"]


def test_a_contact_that_gets_a_known_address_is_like_any_other(acme: World, globex: World) -> None:
    client = client_of(acme.admin)
    contacts = [client.post("customers/", {"name": "Carla"}).json()["id"] for _number in range(2)]
    before = account()

    known, unknown = (
        client.patch(f"customers/{contact}/", {"email": email, "name": "Mallory", "language": "ar"})
        for contact, email in zip(contacts, (VICTIM, UNKNOWN), strict=True)
    )

    assert said(known) == said(unknown)
    assert known.json()["is_registered"] is False
    assert account() == before
    assert companies_of(VICTIM) == ["globex"]


def test_the_sign_in_address_of_a_customer_is_not_the_companys(acme: World, globex: World) -> None:
    """The contact e-mail moves, the account does not; not even to an address of Mallory's."""
    theirs = client_of(acme.customer)
    path = f"customers/{acme.customer.id}/"
    before = account("customer@acme.example")["users"]

    answer = client_of(acme.admin).patch(path, {"email": "mallory@evil.example", "name": "Owned"})

    assert (answer.status_code, answer.json()["email"]) == (200, "mallory@evil.example")
    assert account("customer@acme.example")["users"] == before
    assert companies_of("customer@acme.example") == ["acme"]
    assert theirs.get("me/").json()["user"]["email"] == "customer@acme.example"
    with delivered() as mails:
        ApiClient().post("auth/password/forgot/", {"email": "mallory@evil.example"})
    assert mails == []


def test_who_has_the_contact_address_gets_a_row_apart_from_the_customers(
    acme: World, globex: World
) -> None:
    """Acme writes the victim's address on a customer who is somebody else."""
    client_of(acme.admin).patch(f"customers/{acme.customer.id}/", {"email": VICTIM})
    before = account()

    token = customer_token("acme", email=VICTIM)
    answer = ApiClient().post("auth/register/confirm/", {"token": token})

    assert answer.status_code == 201
    assert answer.json()["member"]["id"] != str(acme.customer.id)
    assert answer.json()["member"]["email"] == ""
    assert Membership.unscoped.get(pk=acme.customer.pk).user_id == acme.customer.user_id
    assert account() == before


def test_proving_the_address_links_the_contact_and_changes_nothing_of_the_account(
    acme: World, globex: World
) -> None:
    contact = client_of(acme.admin).post(
        "customers/", {"name": "As Acme says", "email": VICTIM, "language": "ar"}
    )
    before = account()

    token = customer_token("acme", email=VICTIM, name="Mallory", password=GOOD_PASSWORD)
    answer = ApiClient().post("auth/register/confirm/", {"token": token})

    assert (answer.status_code, answer.json()["member"]["id"]) == (201, contact.json()["id"])
    assert account() == before
    assert companies_of(VICTIM) == ["acme", "globex"]
    refused = device().post("auth/login/", {"email": VICTIM, "password": GOOD_PASSWORD})
    assert outcome(refused) == (401, "invalid_credentials")
    shown = client_of(acme.admin).get(f"customers/{contact.json()['id']}/").json()
    assert (shown["name"], shown["is_registered"]) == ("As Acme says", True)


def test_after_the_link_the_company_still_writes_only_its_own_row(
    acme: World, globex: World
) -> None:
    shared = make_member(acme.company, Role.USER, VICTIM)
    before = account()
    client = client_of(acme.admin)

    for body in ({"email": "mallory@evil.example"}, {"name": "Owned"}, {"language": "ar"}):
        assert client.patch(f"customers/{shared.id}/", body).status_code == 200
    assert client.post(f"customers/{shared.id}/deactivate/").status_code == 200

    assert account() == before
    assert companies_of(VICTIM) == ["acme", "globex"]
    assert (
        ApiClient()
        .post("auth/login/", {"email": VICTIM, "password": PASSWORD, "company": "globex"})
        .status_code
        == 200
    )


def test_keeping_a_shared_person_out_ends_no_session_elsewhere(acme: World, globex: World) -> None:
    shared = make_member(acme.company, Role.USER, VICTIM)
    elsewhere, here = client_of(globex.agent), client_of(shared)

    client_of(acme.admin).post(f"customers/{shared.id}/deactivate/")

    assert elsewhere.get("me/").status_code == 200
    assert outcome(here.get("me/")) == (401, "session_ended")


def test_a_contact_is_no_way_to_ask_whether_an_address_has_an_account(
    acme: World, globex: World, staff: User
) -> None:
    make_user("lonely@x.example")
    make_user("closed@x.example", is_active=False)
    client = client_of(acme.agent)
    emails = [VICTIM, UNKNOWN, staff.email, "lonely@x.example", "closed@x.example"]

    made = [client.post("customers/", {"name": "Carla", "email": email}) for email in emails]
    listed = [client.get(f"customers/?email={email}").json()["results"] for email in emails]

    assert all(said(answer) == said(made[0]) for answer in made)
    assert listed == [[answer.json()] for answer in made]


def test_two_companies_hold_two_contacts_of_one_address(acme: World, globex: World) -> None:
    body = {"name": "Carla", "email": "carla@home.example", "external_id": "C-1"}
    first, second = (client_of(world.agent).post("customers/", body) for world in (acme, globex))
    client_of(acme.agent).patch(f"customers/{first.json()['id']}/", {"phone": "+20 1"})

    theirs = client_of(globex.agent).get(f"customers/{second.json()['id']}/").json()

    assert said(first) == said(second)
    assert (theirs["phone"], theirs["version"]) == ("", 1)


def test_an_account_made_later_does_not_find_its_contacts_by_itself(
    acme: World, globex: World
) -> None:
    """A contact of Acme is linked by proving the address to Acme, not by coming in elsewhere."""
    contact = client_of(acme.agent).post(
        "customers/", {"name": "Carla", "email": "carla@home.example"}
    )

    token = customer_token("globex")
    ApiClient().post("auth/register/confirm/", {"token": token})

    path = f"customers/{contact.json()['id']}/"
    assert client_of(acme.agent).get(path).json()["is_registered"] is False
    assert companies_of("carla@home.example", GOOD_PASSWORD) == ["globex"]
