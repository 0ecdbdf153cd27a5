"""manage.py seed_demo"""

import time
from io import StringIO

import pytest

from accounts.doors import memberships_of
from accounts.models import Membership, Registration, Session, User
from accounts.services.sessions import sign_in
from accounts.tests.factories import NOBODY, make_user
from companies.models import Company, CompanyState
from conversations.models import Conversation, Message
from departments.models import Department, DepartmentMember
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Denied
from tokdesk.common.models import Event
from tokdesk.common.tenancy import company_scope, unscoped
from tokdesk.demo.crowds import crowd, english_name
from tokdesk.demo.people import PASSWORD, Firm, World
from tokdesk.demo.planting import missing_of, plant
from tokdesk.tests.commands import Outcome, run_command

pytestmark = [pytest.mark.django_db, pytest.mark.contract]

STAFF = {
    "admin": "company_admin",
    "manager": "manager",
    "agent": "agent",
    "agent2": "agent",
    "customer": "user",
}
SEATS = [(f"{who}@{slug}.example", slug, role)
         for slug in ("acme", "globex") for who, role in STAFF.items()]  # fmt: skip


def seed(*words: str, err: StringIO | None = None) -> Outcome:
    return run_command("seed_demo", *words, err=err)


def rows() -> dict[str, int]:
    with unscoped():
        people = (User, Membership, Session, Registration)
        places = (Company, CompanyState, Department, DepartmentMember)
        models = (*people, *places, Conversation, Message, Event)
        return {model.__name__: model._base_manager.count() for model in models}


def states() -> dict[str, str]:
    return dict(Company.objects.values_list("slug", "status"))


def test_small_is_these_companies_and_nobody_else() -> None:
    outcome = seed("--json")

    assert states() == {"acme": "active", "globex": "active", "umbrella": "pending"}
    assert dict(Company.objects.values_list("slug", "language")) == {
        "acme": "en",
        "globex": "ar",
        "umbrella": "en",
    }
    assert not Company.objects.filter(email_confirmed_at=None).exists()
    assert rows() == {
        "User": 13,
        "Company": 3,
        "CompanyState": 3,
        "Membership": 13,
        "Session": 0,
        "Registration": 0,
        "Department": 6,
        "DepartmentMember": 18,
        "Conversation": 14,
        "Message": 47,
        "Event": 144,
    }
    assert outcome.code == 0
    names = ("accounts", "companies", "memberships", "departments", "conversations")
    assert {name: outcome.json[name] for name in names} == {
        "accounts": 13,
        "companies": 3,
        "memberships": 13,
        "departments": 4,
        "conversations": 14,
    }


@pytest.mark.parametrize(("email", "slug", "role"), SEATS)
def test_everybody_can_sign_in_with_the_one_password(email: str, slug: str, role: str) -> None:
    seed()

    session = sign_in(actor=NOBODY, email=email, password=PASSWORD).session

    assert (session.member.company.slug, session.member.role) == (slug, role)


def test_the_super_admin_signs_in_without_a_company() -> None:
    seed()

    session = sign_in(actor=NOBODY, email="super@tokdesk.example", password=PASSWORD).session

    assert session.member is None
    assert [user.email for user in User.objects.filter(is_super_admin=True)] == [
        "super@tokdesk.example"
    ]


def test_the_admin_of_the_waiting_company_is_told_to_wait() -> None:
    seed()

    with pytest.raises(Denied) as denied:
        sign_in(actor=NOBODY, email="admin@umbrella.example", password=PASSWORD)

    assert denied.value.code == "company_pending"


def test_one_consultant_can_switch_between_two_companies() -> None:
    seed()

    seats = memberships_of(User.objects.get(email="sam@both.example"))

    assert {seat.company.slug: seat.role for seat in seats} == {
        "acme": "agent",
        "globex": "manager",
    }


def teams(slug: str) -> dict[str, set[str]]:
    """Who is placed where, by the name of the department; its head has a star."""
    with company_scope(Company.objects.get(slug=slug).id):
        return {
            department.name: {
                place.member.email + "*" * (place.member_id == department.head_id)
                for place in department.places.all()
            }
            for department in Department.objects.all()
        }


def general_of(slug: str) -> str:
    with company_scope(Company.objects.get(slug=slug).id):
        return Department.objects.default().get().name


@pytest.mark.parametrize(
    ("slug", "support", "billing"),
    [("acme", "Support", "Billing"), ("globex", "الدعم", "الفواتير")],
)
def test_the_people_work_in_departments(slug: str, support: str, billing: str) -> None:
    seed()

    assert teams(slug) == {
        general_of(slug): {f"{who}@{slug}.example" for who in STAFF if who != "customer"}
        | {"sam@both.example"},
        support: {f"manager@{slug}.example*", f"agent@{slug}.example", "sam@both.example"},
        billing: {f"agent2@{slug}.example"},
    }


def test_a_company_from_before_there_were_departments_gets_them() -> None:
    seed()
    before = teams("acme")
    with company_scope(Company.objects.get(slug="acme").id):
        Department.objects.all().soft_delete()

    outcome = seed("--json")

    assert outcome.json["departments"] == 3
    assert teams("acme") == before


def test_a_department_that_a_developer_changed_stays() -> None:
    seed()
    with company_scope(Company.objects.get(slug="acme").id):
        Department.objects.named("Support").update(head=None)
        DepartmentMember.objects.filter(department__name="Support").delete()
    before = rows()

    assert seed("--json").json["departments"] == 0
    assert (teams("acme")["Support"], rows()) == (set(), before)


def test_a_conversation_that_a_developer_changed_or_deleted_stays() -> None:
    seed()
    with company_scope(Company.objects.get(slug="acme").id):
        Conversation.objects.filter(number=1).update(subject="My own")
        Conversation.objects.filter(number=2).soft_delete()
    before = rows()

    assert seed("--json").json["conversations"] == 0
    assert rows() == before


def test_a_person_who_left_is_placed_nowhere() -> None:
    seed()
    with company_scope(Company.objects.get(slug="acme").id):
        Department.objects.named("Billing").soft_delete()
        Membership.objects.filter(email="agent2@acme.example").update(status="deactivated")

    assert seed("--json").json["departments"] == 1
    assert teams("acme")["Billing"] == set()


def test_again_changes_nothing_publishes_nothing_and_is_quick() -> None:
    seed()
    before = rows()
    started = time.monotonic()

    outcome = run_command("seed_demo")

    assert time.monotonic() - started < 1
    assert rows() == before
    assert outcome.out.startswith(
        "Everything is there already; nothing was changed.\nNext: sign in"
    )


def test_what_a_developer_changed_stays() -> None:
    seed()
    Company.objects.filter(slug="acme").update(name="My own name", status="suspended")
    User.objects.filter(email="agent@acme.example").update(password="mine")

    seed()

    assert Company.objects.get(slug="acme").name == "My own name"
    assert states()["acme"] == "suspended"
    assert User.objects.get(email="agent@acme.example").password == "mine"


class InterruptedAt(StringIO):
    """Somebody presses Ctrl+C when this progress appears."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def write(self, text: str) -> int:
        if self.words in text:
            self.words = "\0"
            raise KeyboardInterrupt
        return super().write(text)


@pytest.mark.parametrize(
    "words",
    [
        *("13 accounts", "company globex", "people into acme", "departments of globex"),
        "conversations of globex",
    ],
)
def test_a_stopped_run_is_finished_by_the_next(words: str) -> None:
    stopped = seed(err=InterruptedAt(words))

    assert stopped.code == 3
    assert stopped.err.endswith("Run it again to go on.")
    assert seed().code == 0
    assert (rows()["User"], rows()["Membership"], rows()["Event"]) == (13, 13, 144)


def test_a_dry_run_counts_and_changes_nothing() -> None:
    outcome = seed("--dry-run", "--scale", "load", "--json")

    assert outcome.json == {
        "scale": "load",
        "dry_run": True,
        "accounts": 11107,
        "companies": 25,
        "memberships": 11107,
        "departments": 4,
        "conversations": 14,
        "next": "run this again without --dry-run.",
    }
    assert set(rows().values()) == {0}


def test_e2e_has_every_state_and_customers_where_it_was_ever_open() -> None:
    seed("--scale", "e2e")

    assert states() == {
        "acme": "active",
        "globex": "active",
        "umbrella": "pending",
        "initech": "rejected",
        "hooli": "suspended",
    }
    customers = {}
    for company in Company.objects.all():
        with company_scope(company.id):
            customers[company.slug] = Membership.objects.filter(role="user").count()
    assert customers == {"acme": 31, "globex": 31, "hooli": 31, "initech": 0, "umbrella": 0}
    assert Company.objects.get(slug="hooli").status_reason == "The last three invoices are unpaid."


def test_e2e_grows_out_of_small() -> None:
    seed()
    small = rows()

    outcome = seed("--scale", "e2e", "--json")

    assert (outcome.json["accounts"], outcome.json["companies"]) == (94, 2)
    assert rows()["User"] == small["User"] + 94


def test_a_crowd_is_seated_at_once_and_belongs_to_its_company() -> None:
    people = crowd("big", "customer", "user", 600, "en")
    world = World((), (), (Firm("Big", "big", seats=people),))

    plant(actor=system_actor(), world=world, missing=missing_of(world), say=str)

    company = Company.objects.get()
    with company_scope(company.id):
        assert Membership.objects.filter(company=company, role="user").count() == 600
        assert CompanyState.objects.get().access_version == 2
    assert not Event.objects.filter(type="member.added").exists()
    assert set(missing_of(world).counts().values()) == {0}


def test_names_do_not_repeat_in_a_crowd_of_575() -> None:
    assert len({english_name(number) for number in range(575)}) == 575


def test_no_demo_people_where_the_settings_forbid_them(settings) -> None:
    settings.DEMO_ENABLED = False

    outcome = seed("--json")

    assert outcome.code == 1
    assert outcome.json["error"]["code"] == "failed"
    assert set(rows().values()) == {0}


@pytest.mark.proof
def test_load_plants_its_eleven_thousand_people() -> None:
    started = time.monotonic()

    outcome = seed("--scale", "load", "--json")

    seconds = time.monotonic() - started
    print(f"seed_demo --scale load: {seconds:.1f} s")  # noqa: T201  # the figure is the point
    assert outcome.json["memberships"] == 11107
    assert rows()["Membership"] == 11107


def test_it_plants_nothing_beside_real_accounts() -> None:
    make_user("owner@real.example")

    outcome = run_command("seed_demo")

    assert outcome.code == 1
    assert "no demo" in outcome.err
    assert User.objects.count() == 1
