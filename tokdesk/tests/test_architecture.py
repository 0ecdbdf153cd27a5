"""The house keeps its shape, and the checker that says so can fail."""

import ast
from pathlib import Path

import pytest

from tokdesk.tests.architecture import Violation, check_file, read_tree, violations

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = (
    *("tokdesk", "accounts", "companies", "departments", "conversations", "invitations"),
    *("notifications", "audit", "templates", "static", "locale", "manage.py"),
    *("requirements.txt", "Dockerfile", "docker-compose.yml"),
)


def test_the_house_obeys_its_rules() -> None:
    assert violations(read_tree(ROOT)) == []


def test_the_checker_reads_the_whole_house() -> None:
    tree = read_tree(ROOT)

    assert {path.split("/")[0] for path in tree} == {
        "tokdesk",
        "accounts",
        "companies",
        "departments",
        "conversations",
        "invitations",
        "notifications",
        "audit",
    }
    assert "accounts/services/sessions.py" in tree


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_the_top_level_stands(name: str) -> None:
    assert (ROOT / name).exists()


def test_no_file_is_longer_than_500_lines() -> None:
    long = {path for path, text in read_tree(ROOT).items() if text.count("\n") > 500}

    assert long == set()


PLANTED = {
    "upward": (
        "companies/services.py",
        "from accounts.models import User",
        "companies stands below accounts",
    ),
    "kernel knows no app": (
        "tokdesk/common/policy.py",
        "from companies.models import Company",
        "tokdesk.common stands below companies",
    ),
    "integrations know nothing": (
        "tokdesk/integrations/http.py",
        "from tokdesk.common.errors import NotFound",
        "tokdesk.integrations stands below tokdesk.common",
    ),
    "siblings": (
        "invitations/services.py",
        "from conversations.models import Message",
        "invitations stands below conversations",
    ),
    "nobody imports notifications": (
        "conversations/receivers.py",
        "import notifications.services",
        "nobody imports notifications",
    ),
    "nobody imports audit": (
        "accounts/services/members.py",
        "from audit.services import record",
        "nobody imports audit",
    ),
    "nobody imports the root": (
        "accounts/services/sessions.py",
        "from tokdesk.urls import urlpatterns",
        "nobody imports the composition root (tokdesk.urls.urlpatterns)",
    ),
    "audit knows the kernel alone": (
        "audit/receivers.py",
        "from tokdesk.pages.health import readyz",
        "nobody imports the composition root (tokdesk.pages.health.readyz)",
    ),
    "not public": (
        "departments/api/views.py",
        "from accounts.doors import membership_of",
        "accounts.doors.membership_of is not public; across apps only "
        "api.serializers, choices, events, models, presence, querysets, services are",
    ),
    "models below services": (
        "accounts/models/user.py",
        "from accounts.services.sessions import sign_in",
        "models stands below services",
    ),
    "services know no serializers": (
        "accounts/services/sessions.py",
        "from accounts.api.serializers import Login",
        "services stands below api.serializers",
    ),
    "services know no tasks": (
        "conversations/services/messages.py",
        "from conversations.tasks import archive",
        "services stands below tasks",
    ),
    "edges": (
        "companies/api/views.py",
        "from companies.admin import CompanyAdmin",
        "edges do not import each other (api, admin)",
    ),
    "transaction": (
        "companies/services.py",
        "from django.db import transaction",
        "transactions come from tokdesk.common.db",
    ),
    "signals": (
        "companies/models.py",
        "from django.db.models.signals import post_save",
        "signals are no workflow: publish a fact",
    ),
    "unscoped": (
        "accounts/services/members.py",
        "rows = Membership.unscoped.all()",
        "only doors, the staff site and check_tenancy look across companies",
    ),
    "objects in an edge": (
        "accounts/api/views.py",
        "rows = User.objects.filter(email='x')",
        "edges read through visible_to",
    ),
    "base manager": (
        "accounts/services/members.py",
        "rows = Membership._base_manager.all()",
        "_base_manager goes around the gate",
    ),
    "raw": (
        "companies/querysets.py",
        "rows = Company.objects.raw('SELECT 1')",
        "raw goes around the gate",
    ),
    "cursor": (
        "accounts/services/members.py",
        "cursor = connection.cursor()",
        "cursor goes around the gate",
    ),
    "atomic by another name": (
        "accounts/services/members.py",
        "work = db.transaction.atomic()",
        "transactions come from tokdesk.common.db",
    ),
    "scopes by another name": (
        "accounts/services/members.py",
        "from django_scopes import scopes_disabled",
        "scopes come from tokdesk.common.tenancy",
    ),
    "parent and nested app": (
        "conversations/services/messages.py",
        "from conversations.sla.services import start_clock",
        "a parent never imports its nested app (conversations.sla)",
    ),
    "import inside a function": (
        "companies/services.py",
        "def work():\n    import json",
        "imports stand at the top of the file",
    ),
}


DOORS = {
    "_companies",
    "_living",
    "archived_department",
    "companies_with_overdue_invitations",
    "companies_with_long_logs",
    "companies_with_resolved_conversations",
    "companies_with_stale_attachments",
    "companies_with_waking_conversations",
    "company_of_founder",
    "company_sign_ups_of",
    "count_access_change",
    "deleted_attachments",
    "enter_membership",
    "conversations_changed",
    "every_conversation",
    "invitation_by_token_hash",
    "membership_of",
    "other_registrations",
    "void_registrations",
    "memberships_of",
    "registration_by_id",
    "registration_by_token_hash",
    "reset_by_token_hash",
    "session_by_id",
    "session_to_enter",
    "sessions_to_enter",
    "renew_lineage",
    "states_of",
}


def test_every_door_is_known() -> None:
    doors = [source for path, source in read_tree(ROOT).items() if path.endswith("/doors.py")]
    named = {
        node.name
        for source in doors
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    }

    assert named == DOORS


@pytest.mark.parametrize(("path", "source", "rule"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_violation_is_caught(path: str, source: str, rule: str) -> None:
    line = source.count("\n") + 1

    assert check_file(path, source) == [Violation(path, line, rule)]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("accounts/services/sessions.py", "from companies.services import bump_access"),
        ("accounts/receivers.py", "from accounts.tasks import purge"),
        ("accounts/api/views.py", "rows = Session.objects.visible_to(actor)"),
        ("accounts/doors.py", "rows = Membership.unscoped.all()"),
        ("tokdesk/urls.py", "from notifications.receivers import mail_approved"),
        ("companies/tests/test_x.py", "from accounts.models import User"),
        ("audit/reports/services.py", "from conversations.models import Conversation"),
    ],
)
def test_what_is_allowed_is_not_caught(path: str, source: str) -> None:
    assert check_file(path, source) == []
