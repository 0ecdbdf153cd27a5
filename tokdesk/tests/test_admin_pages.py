"""Every page that the staff site has, found by asking the site itself."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from accounts.tests.factories import sign_in_as
from companies.choices import Status
from companies.models import Company
from companies.tests.factories import make_company
from conftest import World
from conversations.models import Conversation
from conversations.tests.factories import make_conversation
from departments.models import Department
from invitations.models import Invitation
from invitations.tests.factories import make_invitation
from tokdesk.common.admin_moves import MovesAdmin
from tokdesk.common.events import FACTS
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event, Job
from tokdesk.common.policy import PERMISSIONS
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import CompanyOwned, unscoped
from tokdesk.common.tests.dead import dead_job
from tokdesk.staff.timeline import SENTENCES, sentence
from tokdesk.tests.staffsite import asks_to_sign_in, browser_of, page_of, text_of

STYLES = Path(settings.BASE_DIR) / "static/assets/admin/tokdesk.css"
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)|left|right|width|height"
    r"|min-width|max-width|min-height|max-height|float:\s*(?:left|right)"
    r"|text-align:\s*(?:left|right))\s*[:;]"
)


def registered() -> list[type]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def waiting_job() -> Job:
    job = dead_job(None)
    job.is_dead = False
    job.save()
    return job


def invite_by_staff() -> Invitation:
    """Staff see those alone that one of them sent."""
    staff = User.objects.get(is_super_admin=True)
    company = Company.objects.first()
    return make_invitation(staff, f"{new_id()}@x.example", "company_admin", company=company)[0]


def every_path() -> list[str]:
    """The plain pages, each model's list, and one row of each model."""
    with unscoped():
        dead_job(Company.objects.first())
        invite_by_staff()
        customer = Membership.objects.filter(role=Role.USER).first()
        make_conversation(customer, "Hello")
    paths = [reverse(f"admin:{name}") for name in ("index", "password_change", "jsi18n")]
    paths += [reverse("admin:password_change_done")]
    for model in registered():
        paths.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        paths.append(reverse("admin:app_list", args=[model._meta.app_label]))
        with unscoped():
            paths.append(page_of(model._default_manager.first()))
    return paths


def test_staff_see_these_rows_and_no_others() -> None:
    labels = [model._meta.label for model in registered()]

    assert labels == [
        "accounts.User",
        "common.Event",
        "common.Job",
        "companies.Company",
        "conversations.Conversation",
        "departments.Department",
        "invitations.Invitation",
    ]


def test_of_the_rows_that_a_company_owns_only_these_have_pages() -> None:
    owned = [model for model in apps.get_models() if issubclass(model, CompanyOwned)]

    assert set(owned) & set(registered()) == {Conversation, Department, Invitation}


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_every_page_answers_in_both_languages(
    staff: User, acme: World, language: str, direction: str
) -> None:
    sign_in_as(acme.agent)
    client = browser_of(staff, headers={"accept-language": language})

    for path in every_path():
        response = client.get(path)
        page = text_of(response)

        assert response.status_code == 200, path
        if response["Content-Type"].startswith("text/html"):
            assert f'<html lang="{language}" dir="{direction}">' in page, path
            assert re.search(r"<title>\s*\S[^<]*</title>", page), path


@pytest.mark.parametrize("words", ["acme", "1", "hello you", "a@b", str(UUID(int=7)), "\u0661"])
def test_every_list_can_be_searched_for_anything(staff: User, acme: World, words: str) -> None:
    client = browser_of(staff)

    for model in registered():
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        if admin.site._registry[model].search_fields:
            assert client.get(path, {"q": words}).status_code == 200, path


def test_a_conversation_is_found_by_its_id(staff: User, acme: World) -> None:
    talk, other = [make_conversation(acme.customer, "Hello") for _ in range(2)]
    path = reverse("admin:conversations_conversation_changelist")

    shown = text_of(browser_of(staff).get(path, {"q": f" {talk.pk} "}))

    assert page_of(talk) in shown
    assert page_of(other) not in shown


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_question_answers_in_both_languages(staff: User, language: str) -> None:
    rows = {
        "Company": [make_company(status, status) for status in Status.values],
        "Invitation": [invite_by_staff()],
        "Job": [dead_job(None), waiting_job()],
        "User": [staff, User.objects.create(name="Closed", email="c@x.example", is_active=False)],
    }
    client = browser_of(staff, headers={"accept-language": language})
    asked = set()
    for model, pages in admin.site._registry.items():
        for move in getattr(pages, "moves", ()):
            for row in rows[model.__name__]:
                response = client.get(pages.move_url(move, row))
                assert response.status_code == (200 if move.fits(row) else 302)
                if move.fits(row):
                    asked.add(move.name)

    assert asked == {
        "approve",
        "reject",
        "suspend",
        "restore",
        "remove",
        "deactivate",
        "reactivate",
        "end-sessions",
        "send-reset",
        "replay",
        "resend",
        "revoke",
    }


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Asia/Riyadh", "3:30 a.m."), ("UTC", "12:30 a.m."), ("Mars/One", "12:30 a.m.")],
)
def test_times_are_those_of_the_reader(staff: User, zone: str, shown: str) -> None:
    User.objects.filter(pk=staff.pk).update(time_zone=zone)
    company = make_company("acme", created_at=datetime(2026, 3, 1, 0, 30, tzinfo=UTC))
    client = browser_of(staff)

    page = text_of(client.get(page_of(company)))

    assert f"March 1, 2026, {shown}" in page
    assert f"Times are those of {zone if zone != 'Mars/One' else 'UTC'}." in page


def test_nobody_sees_a_page_without_signing_in(staff: User, acme: World) -> None:
    sign_in_as(staff)

    for path in every_path():
        response = Client().get(path)

        assert asks_to_sign_in(response), path


def test_every_move_names_a_permission_that_staff_have() -> None:
    moves = [
        move
        for pages in admin.site._registry.values()
        if isinstance(pages, MovesAdmin)
        for move in pages.moves
    ]

    assert len(moves) == 12
    for move in moves:
        assert Role.SUPER_ADMIN in PERMISSIONS[move.code]


def test_stock_actions_are_none_but_ours(staff: User, acme: World) -> None:
    client = browser_of(staff)
    offered = {}
    for model in registered():
        name = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
        page = text_of(client.get(reverse(f"admin:{name}")))
        if found := re.findall(r'<option value="(\w+)"', page):
            offered[model.__name__] = found

    assert offered == {"Company": ["approve_selected"], "Job": ["replay_selected"]}


def test_no_page_carries_a_style_or_script_that_our_policy_forbids(
    staff: User, acme: World
) -> None:
    client = browser_of(staff)

    for path in every_path():
        response = client.get(path)
        if response["Content-Type"].startswith("text/html"):
            assert "default-src 'self'" in response["Content-Security-Policy"]
            assert inline_code(text_of(response)) == [], path


def test_every_fact_of_companies_and_people_has_a_sentence() -> None:
    ours = {
        name
        for name, fact in FACTS.items()
        if fact.__module__.startswith(("companies.", "accounts.", "departments."))
    }

    assert ours - SENTENCES.keys() == set()


@pytest.mark.parametrize("type_", sorted(SENTENCES))
def test_a_sentence_says_all_it_knows_and_never_fails(type_: str) -> None:
    facts = {
        "reason": "revoked",
        "fields": ["name"],
        "role": "agent",
        "old": "user",
        "new": "agent",
    }

    full = sentence(Event(type=type_, payload={**facts, "ip": "192.0.2.1"}))
    empty = sentence(Event(type=type_, payload={}))

    assert "%" not in full + empty
    assert full


def test_a_fact_without_a_sentence_is_named_by_its_type() -> None:
    assert sentence(Event(type="meteor.fell", payload={})) == "meteor.fell"


def test_the_style_sheet_knows_no_left_and_no_right() -> None:
    source = re.sub(r"/\*.*?\*/|@media[^{]*", "", STYLES.read_text(), flags=re.DOTALL)

    assert PHYSICAL.findall(source) == []


class _Inline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        named = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in named):
            self.found.append(tag)
        self.found += [name for name in named if name == "style" or name.startswith("on")]


def inline_code(page: str) -> list[str]:
    parser = _Inline()
    parser.feed(page)
    return parser.found
