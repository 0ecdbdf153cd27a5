"""The wall: what is read and written stays inside the open company."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, models
from django_scopes import ScopeError

from accounts.models import Membership
from accounts.tests.factories import make_member
from companies.models import CompanyState
from conftest import World
from tokdesk.common.db import RetryTransaction
from tokdesk.common.errors import TenancyError
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import (
    CompanyOwned,
    company_scope,
    open_company,
    owned_models,
    unscoped,
)
from tokdesk.common.versions import save_changes

pytestmark = [pytest.mark.django_db, pytest.mark.contract]

READS = {
    "all": lambda rows: list(rows.all()),
    "filter": lambda rows: list(rows.filter(name="x")),
    "exclude": lambda rows: list(rows.exclude(name="x")),
    "get": lambda rows: rows.get(pk=uuid4()),
    "first": lambda rows: rows.first(),
    "exists": lambda rows: rows.exists(),
    "count": lambda rows: rows.count(),
    "in_bulk": lambda rows: rows.in_bulk([uuid4()]),
    "values": lambda rows: list(rows.values("id")),
    "iterator": lambda rows: list(rows.iterator()),
    "update": lambda rows: rows.update(name="x"),
    "delete": lambda rows: rows.all().delete(),
    "get_or_create": lambda rows: rows.get_or_create(name="x"),
    "create": lambda rows: rows.create(name="x"),
    "bulk_create": lambda rows: rows.bulk_create([Membership(name="x")]),
    "own question": lambda rows: rows.by_email("x@y.example"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_every_query_without_an_open_scope_raises(read: object, acme: World) -> None:
    with pytest.raises(ScopeError):
        read(Membership.objects)

    assert Membership.unscoped.count() == 5


def test_an_open_scope_shows_only_its_company(acme: World, globex: World) -> None:
    with company_scope(acme.company.id):
        seen = set(Membership.objects.values_list("pk", flat=True))
        foreign = Membership.objects.filter(pk=globex.agent.pk).exists()

    assert seen == {each.pk for each in acme.people()}
    assert foreign is False


def test_deleted_rows_are_not_seen_and_free_their_unique_values(acme: World) -> None:
    with company_scope(acme.company.id):
        Membership.objects.filter(pk=acme.agent.pk).soft_delete()
        again = make_member(acme.company, Role.AGENT, acme.agent.email, user=acme.agent.user)

        assert Membership.objects.filter(email=acme.agent.email).get() == again
    assert Membership.unscoped.filter(email=acme.agent.email).count() == 2


def test_a_second_living_row_of_the_same_address_is_refused(acme: World) -> None:
    with pytest.raises(IntegrityError):
        make_member(acme.company, Role.AGENT, acme.agent.email, user=None)


def test_none_needs_no_scope() -> None:
    assert list(Membership.objects.none()) == []


def test_a_row_of_another_company_is_not_saved(acme: World, globex: World) -> None:
    globex.agent.name = "Moved"

    with company_scope(acme.company.id), pytest.raises(TenancyError):
        globex.agent.save()

    assert Membership.unscoped.get(pk=globex.agent.pk).name == "Agent"


def test_a_row_without_an_open_scope_is_not_saved(acme: World) -> None:
    with pytest.raises(ScopeError):
        acme.agent.save()


def test_a_row_never_changes_its_company(acme: World, globex: World) -> None:
    row = Membership.unscoped.get(pk=acme.agent.pk)
    row.company = globex.company

    with company_scope(globex.company.id), pytest.raises(TenancyError):
        row.save()

    assert Membership.unscoped.get(pk=acme.agent.pk).company_id == acme.company.id


@pytest.mark.parametrize("name", ["company", "company_id"])
def test_update_refuses_to_move_rows(name: str, acme: World, globex: World) -> None:
    value = globex.company if name == "company" else globex.company.id

    with company_scope(acme.company.id), pytest.raises(TenancyError):
        Membership.objects.update(**{name: value})


def test_bulk_writes_refuse_foreign_rows(acme: World, globex: World) -> None:
    stranger = Membership(company=globex.company, role=Role.AGENT, name="x")

    with company_scope(acme.company.id):
        with pytest.raises(TenancyError):
            Membership.objects.bulk_create([stranger])
        with pytest.raises(TenancyError):
            Membership.objects.bulk_update([globex.agent], ["name"])
        with pytest.raises(TenancyError):
            Membership.objects.bulk_update([acme.agent], ["company"])

    assert Membership.unscoped.filter(name="x").count() == 0


@pytest.fixture
def note() -> Iterator[type[CompanyOwned]]:
    """A row that belongs to a member: registered for one test, never in a table."""

    class Note(CompanyOwned):
        member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")

        class Meta(CompanyOwned.Meta):
            app_label = "common"

    yield Note
    del apps.all_models["common"]["note"]
    apps.clear_cache()


def test_a_foreign_loaded_object_is_not_attached(
    note: type[CompanyOwned], acme: World, globex: World
) -> None:
    with company_scope(acme.company.id):
        note(company=acme.company, member=acme.agent).guard_company()
        with pytest.raises(TenancyError):
            note(company=acme.company, member=globex.agent).guard_company()
        with pytest.raises(TenancyError):
            note.objects.update(member=globex.agent)


def test_save_changes_stays_inside_the_wall(acme: World, globex: World) -> None:
    def rename(member: Membership, **changes: object) -> None:
        save_changes(member, changes or {"name": "Moved"})

    with company_scope(acme.company.id):
        with pytest.raises(RetryTransaction):
            rename(globex.agent)
        with pytest.raises(TenancyError):
            rename(acme.agent, company=globex.company)
    with pytest.raises(ScopeError):
        rename(acme.agent)

    assert set(Membership.unscoped.filter(name="Moved")) == set()
    assert Membership.unscoped.get(pk=acme.agent.pk).company_id == acme.company.id


def test_a_foreign_row_is_not_deleted(acme: World, globex: World) -> None:
    with company_scope(acme.company.id), pytest.raises(TenancyError):
        globex.agent.delete()

    assert Membership.unscoped.filter(pk=globex.agent.pk).exists()


def test_an_upsert_is_refused(acme: World, globex: World) -> None:
    row = Membership(id=globex.agent.pk, company=acme.company, role=Role.AGENT, name="Moved")

    with company_scope(acme.company.id), pytest.raises(TenancyError):
        Membership.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["id"], update_fields=["name"]
        )

    assert Membership.unscoped.get(pk=globex.agent.pk).name == "Agent"


def test_raw_sql_is_refused(acme: World) -> None:
    with company_scope(acme.company.id), pytest.raises(TenancyError):
        list(Membership.objects.raw("SELECT * FROM accounts_membership"))


KEPT = {
    "read": lambda rows: list(rows),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "first": lambda rows: rows.filter(name="Agent").first(),
    "iterator": lambda rows: list(rows.iterator()),
    "aggregate": lambda rows: rows.aggregate(n=models.Count("id")),
    "update": lambda rows: rows.update(name="Moved"),
    "delete": lambda rows: rows.delete(),
}


@pytest.mark.parametrize("use", KEPT.values(), ids=KEPT.keys())
def test_a_queryset_does_not_outlive_its_scope(
    use: Callable[[object], object], acme: World, globex: World
) -> None:
    with company_scope(acme.company.id):
        kept = Membership.objects.filter(role=Role.AGENT)

    with company_scope(globex.company.id), pytest.raises(TenancyError):
        use(kept.all())
    with pytest.raises(ScopeError):
        use(kept.all())

    assert Membership.unscoped.filter(company=acme.company, name="Agent").count() == 1


def test_a_row_whose_company_was_not_loaded_cannot_be_moved(acme: World, globex: World) -> None:
    with company_scope(acme.company.id):
        row = Membership.objects.only("name").get(pk=acme.agent.pk)
    row.company = globex.company

    with company_scope(globex.company.id), pytest.raises(TenancyError):
        row.save()


def test_a_row_that_was_just_made_cannot_be_moved(acme: World, globex: World) -> None:
    row = make_member(acme.company, Role.AGENT, "new@acme.example", user=None)
    row.company = globex.company

    with unscoped(), pytest.raises(TenancyError):
        row.save()


def test_scopes_nest_only_in_the_same_company(acme: World, globex: World) -> None:
    with company_scope(acme.company.id):
        with company_scope(acme.company.id):
            assert open_company() == acme.company.id
        with pytest.raises(TenancyError), company_scope(globex.company.id):
            pass
        assert open_company() == acme.company.id
    assert open_company() is None


@pytest.mark.parametrize("wrong", [None, "", "acme", 0])
def test_a_scope_needs_a_real_id(wrong: object) -> None:
    with pytest.raises(TenancyError), company_scope(wrong):  # type: ignore[arg-type]
        pass


def test_unscoped_sees_every_company_and_closes_again(acme: World, globex: World) -> None:
    with unscoped():
        assert Membership.objects.count() == 10
    with pytest.raises(ScopeError):
        Membership.objects.count()


def test_a_scope_inside_unscoped_filters_again(acme: World, globex: World) -> None:
    with unscoped(), company_scope(acme.company.id):
        assert Membership.objects.count() == 5


def _kept() -> Iterator[BaseException]:
    while True:
        yield RuntimeError()


def test_a_kept_traceback_keeps_no_scope_open(acme: World, globex: World) -> None:
    """A scope that was not a `with` block leaked when an exception's traceback was kept."""
    kept: list[BaseException] = []

    def request() -> None:
        with company_scope(acme.company.id):
            assert Membership.objects.count() == 5
            raise next(_kept())

    try:
        request()
    except RuntimeError as error:
        kept.append(error)

    assert kept[0].__traceback__ is not None
    assert open_company() is None
    with pytest.raises(ScopeError):
        Membership.objects.count()


def test_every_owned_model_has_the_two_managers_and_one_company_each() -> None:
    assert {model.__name__ for model in owned_models()} == {
        "Membership",
        "Registration",
        "CompanyState",
        "Department",
        "DepartmentMember",
        "Invitation",
        "Conversation",
        "Participant",
        "Message",
        "MessageRevision",
        "Draft",
        "Tag",
        "ConversationTag",
        "AttributeDefinition",
        "Attachment",
        "AttachmentUse",
        "SavedView",
        "SearchEntry",
        "BulkJob",
    }
    for model in owned_models():
        assert model._meta.default_manager_name == "objects"
        assert not model._meta.get_field("company").null
        with pytest.raises(ScopeError):
            model.objects.count()
        assert issubclass(model, CompanyOwned)


def test_company_state_exists_once_a_company(acme: World) -> None:
    with company_scope(acme.company.id), pytest.raises(IntegrityError):
        CompanyState(company=acme.company).save()
