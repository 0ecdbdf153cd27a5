"""The two-company world that every test shares."""

from dataclasses import dataclass

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate

from accounts.models import Membership, User
from accounts.tests.factories import access_of, make_member, make_user
from companies.models import Company
from companies.tests.factories import make_company
from departments.models import Department
from departments.tests.factories import make_department
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient

# The servers that some suites need.
pytest_plugins = ["tokdesk.tests.services"]


# Begun first, so that no worker waits for one of them in the end.
LONGEST = {
    "test_schema_conformance",
    "test_rest_chaos",
    "test_live_chaos",
    "test_jobs_chaos",
    "test_conversation_machine",
    "test_invitation_machine",
}


# What also runs on MongoDB: services, API, sockets, jobs, admin, races. Tests that read SQL or wait
# for it cannot, nor one that opens the database by itself.
ON_MONGODB = """
    test_approval_races test_company_states test_company_list test_department_races
    test_department_services test_department_archive test_accepting test_member_list test_mail_jobs
    test_admin_pages test_admin_accounts test_admin_companies test_attacks_objects
    test_assigning test_attributes test_bulk test_conversation_races test_drafts
    test_editing_messages test_lists test_live_hello test_live_inbox test_live_logs test_log_pages
    test_log_replay test_merging test_message_pages test_moments test_opening test_participants
    test_pointers test_rooms test_saved_views test_search_questions test_sending test_sending_once
    test_sight test_snoozing test_statuses test_tags test_undoing test_versions
    test_jobs test_limits test_idempotency test_pagination
    test_entry_races test_invitation_races test_last_admin test_live_rights test_people_races
    test_refresh_races test_sign_up_races test_standing_races test_switch_races test_token_races
    test_attacks_guessed_tokens test_commands_after_restore
"""
NOT_ON_MONGODB = """
    test_a_page_costs_one_query_and_an_empty_list_has_no_neighbours
    test_more_companies_ask_no_more_queries
    test_only_the_first_transaction_of_a_deed_carries_the_key
"""


def _needs_sql(item: pytest.Item) -> bool:
    test = getattr(item, "function", None)
    waits = test is not None and "just_before" in test.__code__.co_names
    return waits or getattr(item, "originalname", "") in NOT_ON_MONGODB.split()


def _make_no_permissions() -> None:
    """Django's own, which nobody asks for, were made anew after each test that empties tables."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    _make_no_permissions()
    items.sort(key=lambda item: item.path.stem not in LONGEST)
    on_mongodb = set(ON_MONGODB.split())
    for item in items:
        if item.path.stem in on_mongodb and not _needs_sql(item):
            item.add_marker(pytest.mark.mongodb)
    if not connection.features.uses_savepoints:
        # One transaction around a test could not be rolled back in parts, as services do.
        for item in items:
            if item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.django_db(transaction=True), append=False)


@dataclass(frozen=True)
class World:
    """One company and its people, named as in the demo."""

    company: Company
    admin: Membership
    manager: Membership
    agent: Membership
    agent2: Membership
    customer: Membership
    support: Department
    billing: Department

    def people(self) -> list[Membership]:
        return [self.admin, self.manager, self.agent, self.agent2, self.customer]


def make_world(slug: str) -> World:
    company = make_company(slug)
    people = {
        name: make_member(company, role, f"{name}@{slug}.example")
        for name, role in (
            ("admin", Role.COMPANY_ADMIN),
            ("manager", Role.MANAGER),
            ("agent", Role.AGENT),
            ("agent2", Role.AGENT),
            ("customer", Role.USER),
        )
    }
    manager, agent, agent2 = people["manager"], people["agent"], people["agent2"]
    support = make_department(company, "Support", manager, agent, head=manager, is_default=True)
    billing = make_department(company, "Billing", agent2)
    return World(company, **people, support=support, billing=billing)


def client_of(who: Membership | User) -> ApiClient:
    return ApiClient(access_of(who))


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def acme(db: None) -> World:
    return make_world("acme")


@pytest.fixture
def globex(db: None) -> World:
    return make_world("globex")


@pytest.fixture
def staff(db: None) -> User:
    """Platform staff."""
    return make_user("super@tokdesk.example", is_super_admin=True)


@pytest.fixture
def nobody() -> ApiClient:
    return ApiClient()
