"""manage.py create_company"""

import pytest

from accounts.models import Membership, User
from accounts.services.sessions import sign_in
from accounts.tests.factories import NOBODY, PASSWORD, make_user, sign_in_as
from companies.models import Company
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.models import Event
from tokdesk.common.tenancy import company_scope
from tokdesk.tests.commands import Outcome, run_command

pytestmark = [pytest.mark.django_db, pytest.mark.contract]

ADMIN_PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKDESK_ADMIN_PASSWORD", ADMIN_PASSWORD)


def create(*words: str, slug: str = "initech", email: str = "Ann@Initech.example") -> Outcome:
    names = ["--name", "Initech", "--admin-name", "Ann Lee"]
    return run_command("create_company", *names, "--slug", slug, "--admin-email", email, *words)


def test_the_company_is_open_and_its_admin_can_sign_in() -> None:
    outcome = create("--language", "ar", "--json")

    company = Company.objects.get()
    assert (company.slug, company.name, company.language) == ("initech", "Initech", "ar")
    assert company.is_active
    assert company.email_confirmed_at is not None
    signed_in = sign_in(actor=NOBODY, email="ann@initech.example", password=ADMIN_PASSWORD)
    assert signed_in.session.member.role == "company_admin"
    assert signed_in.session.member.company == company
    assert outcome.code == 0
    assert outcome.json == {
        "result": "created",
        "dry_run": False,
        "companies": 1,
        "accounts": 1,
        "memberships": 1,
        "slug": "initech",
        "admin_email": "ann@initech.example",
        "next": "ann@initech.example signs in at https://desk.example/",
    }
    assert ADMIN_PASSWORD not in outcome.out + outcome.err


def test_it_goes_through_the_services_so_that_everybody_hears_of_it() -> None:
    create()

    types = list(Event.objects.order_by("at", "id").values_list("type", flat=True))
    assert types == [
        "account.created",
        "company.created",
        "company.address_confirmed",
        "member.added",
        "company.approved",
        "department.created",
        "department.member_added",
    ]
    assert set(Event.objects.values_list("actor_kind", flat=True)) == {"system"}
    assert len(set(Event.objects.values_list("request_id", flat=True))) == 1


def test_an_existing_account_joins_and_keeps_its_password(acme: World) -> None:
    sign_in_as(acme.admin)

    outcome = create(email="admin@acme.example")

    user = acme.admin.user
    assert outcome.code == 0
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    with company_scope(Company.objects.get(slug="initech").id):
        assert Membership.objects.get().user == user
    assert not Event.objects.filter(type="password.reset_requested").exists()


def test_without_a_password_the_admin_is_mailed_a_link(monkeypatch, mailoutbox) -> None:
    monkeypatch.delenv("TOKDESK_ADMIN_PASSWORD")

    with delivered():
        outcome = create()

    assert [mail.subject for mail in mailoutbox] == ["Initech is approved", "Set a new password"]
    assert outcome.last_line == (
        "Next: ann@initech.example opens the mailed link, then signs in at https://desk.example/"
    )


def test_a_run_that_stopped_after_the_account_is_finished_by_the_next(monkeypatch) -> None:
    monkeypatch.delenv("TOKDESK_ADMIN_PASSWORD")
    make_user("ann@initech.example", name="Ann Lee")

    outcome = create("--json")

    assert (outcome.json["accounts"], outcome.json["memberships"]) == (0, 1)
    assert Event.objects.filter(type="password.reset_requested").count() == 1


def test_again_changes_nothing() -> None:
    create()
    before = Event.objects.count()

    outcome = create("--json")

    assert outcome.code == 0
    assert outcome.json["result"] == "already_there"
    assert (outcome.json["companies"], outcome.json["accounts"]) == (0, 0)
    assert Company.objects.count() == 1
    assert Event.objects.count() == before


def test_an_address_of_another_company_makes_nothing(acme: World) -> None:
    users = User.objects.count()

    outcome = create(slug="acme")

    assert (outcome.code, outcome.err) == (1, "The address 'acme' is taken by another company.")
    assert User.objects.count() == users
    assert Company.objects.count() == 1
    assert Event.objects.count() == 0


def test_a_customer_of_the_company_does_not_pass_for_its_admin(acme: World) -> None:
    outcome = create(slug="acme", email="customer@acme.example")

    assert outcome.code == 1
    assert Event.objects.count() == 0


@pytest.mark.parametrize("slug", ["Initech", "in itech", "-initech", "x" * 51, ""])
def test_an_impossible_address_is_wrong_usage(slug: str) -> None:
    outcome = create(f"--slug={slug}")

    assert outcome.code == 2
    assert outcome.err.startswith("--slug: ")
    assert User.objects.count() == 0


def test_a_reserved_address_leaves_no_account_behind() -> None:
    outcome = create(slug="dashboard")

    assert (outcome.code, outcome.err) == (1, "This address is reserved.")
    assert User.objects.count() == 0


def test_a_deactivated_account_is_not_used() -> None:
    make_user("ann@initech.example", is_active=False)

    outcome = create()

    assert (outcome.code, outcome.err) == (1, "The account of ann@initech.example is deactivated.")
    assert Company.objects.count() == 0


def test_a_dry_run_counts_and_makes_nothing() -> None:
    outcome = create("--dry-run", "--json")

    assert outcome.json["result"] == "would_create"
    assert [outcome.json[name] for name in ("companies", "accounts", "memberships")] == [1, 1, 1]
    assert (Company.objects.count(), User.objects.count(), Event.objects.count()) == (0, 0, 0)
