"""No list, look-up or claim reads through a table, on any of the three databases.

It takes some twenty seconds a database, and not five: a planner tells an index from a scan only
where the scan would cost something, and 50,000 conversations with what belongs to them are made.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from inspect import isfunction
from types import CodeType
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts import doors as account_doors
from accounts.models import Membership, Session, User
from accounts.services.sessions import live_sessions
from accounts.tests.factories import actor_for, sign_in_as
from companies import doors as company_doors
from companies.models import Company
from conftest import World, client_of
from conversations import doors as conversation_doors
from conversations.models import Attachment, BulkJob, Conversation, Message, SavedView, SearchEntry
from conversations.realtime.listing import Due, inbox_rows
from conversations.realtime.reading import new_entries
from conversations.tests.factories import make_conversation, note, say
from departments import doors as department_doors
from departments.models import Department, DepartmentMember
from invitations import doors as invitation_doors
from invitations.models import Invitation
from tokdesk.common import jobs
from tokdesk.common.models import Job
from tokdesk.common.queues import Queue
from tokdesk.common.tenancy import company_scope, unscoped
from tokdesk.staff.timeline import timeline_of_account, timeline_of_company
from tokdesk.tests import crowd
from tokdesk.tests.plans import Plan, plans_of, watched

pytestmark = [pytest.mark.contract, pytest.mark.mongodb, pytest.mark.django_db(transaction=True)]
# What a search by words may read whole: MongoDB has no index of words and compares each entry of
# the company (search/engines.py); PostgreSQL takes a person's own rooms for so dear to look up that
# it would rather do it once for all rows of a company than for each that has the word.
SEARCHES = {"agent": ["conversations/?q=word777"], "customer": ["conversations/?q=word777"]}
READ_WHOLE = {
    "mongodb": {"conversations_searchentry"},
    "postgresql": {"conversations_conversation"},
}
LISTS = {
    "admin": [
        *("conversations/?ordering=number", "conversations/?ordering=-waiting_since"),
        *("conversations/?ordering=-priority", "conversations/?updated_after={now}"),
        *(
            "conversations/?status=open",
            "conversations/?kind=company",
            "conversations/?channel=api",
        ),
        *("conversations/?customer={customer}", "conversations/?archived=true"),
        *(
            "conversations/?priority=urgent",
            "conversations/?tag=late",
            "conversations/?snoozed=true",
        ),
        *(
            "members/",
            "members/?role=agent",
            "members/?department={department}",
            "members/?q=agent",
        ),
        *("customers/", "customers/?ordering=-created_at", "customers/?status=active"),
        *("customers/?email=c77%40a.example", "customers/?external_id=x77"),
        *("invitations/", "invitations/?status=pending", "invitations/?status=expired"),
        *("invitations/?email=i77%40a.example", "invitations/?role=agent"),
        *("invitations/?department={department}", "company/", "presence/"),
        *("departments/", "departments/?q=sup", "departments/{department}/"),
        "departments/{department}/members/",
    ],
    "manager": ["members/", "members/{agent2}/", "invitations/", "conversations/"],
    "agent": [
        *("conversations/", "conversations/?assignee=me", "conversations/?assignee=none"),
        *("conversations/?department={department}", "conversations/?unread=true"),
        *("conversations/?unread=false", "conversations/?snoozed=false", "conversations/counts/"),
        *(
            "conversations/{talk}/",
            "conversations/{talk}/messages/",
        ),
        "conversations/{talk}/messages/?before=9",
        "conversations/{talk}/messages/?after=1",
        "conversations/{talk}/messages/?around=1",
        "conversations/{talk}/messages/{message}/",
        *("conversations/{talk}/events/?after=0", "conversations/{talk}/participants/"),
        *("views/", "tags/", "attributes/", "me/", "me/sessions/", "me/preferences/"),
    ],
    "customer": [
        *("conversations/", "conversations/?unread=true", "conversations/?ordering=number"),
        *("conversations/counts/", "conversations/{talk}/"),
        "conversations/{talk}/messages/",
        "conversations/{talk}/messages/?after=0",
        "conversations/{talk}/events/?after=0",
    ],
}
# Deeds: every look-up and claim that a service makes.
DEEDS: list[tuple[str, str, str, Any]] = [
    ("customer", "post", "conversations/", {"client_id": "{new}", "message": {"body": "Hi"}}),
    ("agent", "post", "conversations/{talk}/messages/", {"client_id": "{new}", "body": "Yes"}),
    ("agent", "put", "conversations/{talk}/draft/", {"body": "Perhaps"}),
    ("agent", "get", "conversations/{talk}/draft/", None),
    ("agent", "post", "conversations/{talk}/read/", {"seq": 1}),
    ("agent", "post", "conversations/{talk}/unread/", {"seq": 1}),
    ("agent", "post", "conversations/{talk}/claim/", {}),
    ("agent", "post", "conversations/{talk}/follow/", {}),
    ("agent", "post", "conversations/{talk}/snooze/", {"until_reply": True}),
    ("agent", "post", "conversations/{talk}/status/", {"status": "pending"}),
    ("manager", "patch", "conversations/{talk}/", {"tags": ["late"], "priority": "high"}),
    ("manager", "post", "conversations/{talk}/participants/", {"member": "{agent2}"}),
    ("manager", "delete", "conversations/{talk}/participants/{agent2}/", None),
    ("manager", "post", "conversations/bulk/", {"ids": ["{talk}"], "action": "archive"}),
    ("admin", "post", "invitations/", {"email": "new@a.example", "role": "agent"}),
    ("admin", "post", "customers/", {"name": "New", "email": "new2@a.example"}),
    ("admin", "post", "departments/", {"name": "Newest"}),
    ("admin", "post", "departments/{department}/members/", {"member": "{agent2}"}),
    ("admin", "delete", "departments/{department}/members/{agent2}/", None),
    ("agent", "post", "realtime/tickets/", {}),
]
# What counts all rows, or works on all of a company, by the clock or by a command.
OF_WORK_ON_ALL = {
    *("ConversationQuerySet.finished_before", "ConversationQuerySet.with_entries"),
    *("SearchEntryQuerySet.of_deleted", "SearchEntryQuerySet.of_customer"),
    *("AttachmentQuerySet.forgotten", "SessionQuerySet.of_company"),
    *("JobQuerySet.depths", "JobQuerySet.waiting", "MembershipQuerySet.counted_by_role"),
}


@contextmanager
def noticing(methods: dict[CodeType, str]) -> Iterator[set[str]]:
    """Which of these methods are called while the block runs."""
    called: set[str] = set()

    def notice(frame: Any, event: str, _: object) -> None:
        if event == "call" and frame.f_code in methods:
            called.add(methods[frame.f_code])

    sys.setprofile(notice)
    try:
        yield called
    finally:
        sys.setprofile(None)


def queryset_methods() -> dict[CodeType, str]:
    found = {}
    for model in apps.get_models():
        kind = model._default_manager._queryset_class
        if not kind.__module__.startswith("django"):
            own = {name: each for name, each in vars(kind).items() if isfunction(each)}
            for name in own.keys() - vars(QuerySet):
                found[own[name].__code__] = f"{kind.__name__}.{name}"
    return found


@pytest.fixture
def places(acme: World) -> dict[str, str]:
    """What the addresses above name."""
    crowd.fill(acme)
    talk = make_conversation(acme.customer, "Hello")
    say(acme.agent, talk, "Yes?")
    note(acme.manager, talk)
    message = Message.unscoped.filter(conversation=talk).first()
    named = {"talk": talk, "message": message, "department": acme.support, "agent2": acme.agent2}
    ids = {name: str(row.pk) for name, row in named.items()}
    now = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**ids, "customer": str(acme.customer.pk), "now": now, "new": str(uuid4())}


def filled(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value.format(**places)
    if isinstance(value, dict):
        return {name: filled(each, places) for name, each in value.items()}
    return [filled(each, places) for each in value] if isinstance(value, list) else value


def ask_lists(acme: World, places: dict[str, str], lists: dict[str, list[str]]) -> None:
    for name, paths in lists.items():
        client = client_of(getattr(acme, name))
        answers = {path: client.get(filled(path, places)).status_code for path in paths}
        assert answers == dict.fromkeys(paths, 200)


def do_deeds(acme: World, places: dict[str, str]) -> None:
    for name, method, path, body in DEEDS:
        client = client_of(getattr(acme, name))
        answer = client.send(method.upper(), filled(path, places), filled(body, places))
        assert (path, answer.status_code // 100) == (path, 2)


def ask_by_services(acme: World, places: dict[str, str]) -> None:
    """What is asked by nobody's request: doors, sockets, jobs, and the clock."""
    now, talk, company_id = timezone.now(), UUID(places["talk"]), acme.company.pk
    agent, user = acme.agent, acme.agent.user
    session = sign_in_as(agent)
    session_of = account_doors.session_to_enter
    session_of(session.pk), account_doors.session_by_id(session.pk)
    list(account_doors.sessions_to_enter([session.pk])), live_sessions([session.pk])
    account_doors.memberships_of(user), account_doors.membership_of(user, "acme")
    account_doors.registration_by_token_hash("x"), account_doors.registration_by_id(talk)
    account_doors.company_sign_ups_of("a@a.example"), account_doors.reset_by_token_hash("x")
    account_doors.void_registrations("a@a.example"), account_doors.enter_membership(agent, now)
    list(company_doors.states_of([company_id])), company_doors.count_access_change(company_id)
    invitation_doors.invitation_by_token_hash("x")
    invitation_doors.companies_with_overdue_invitations(now)
    for rows in (
        conversation_doors.companies_with_waking_conversations(now),
        conversation_doors.companies_with_resolved_conversations(now - timedelta(days=900)),
        conversation_doors.companies_with_stale_attachments(now),
        conversation_doors.deleted_attachments(company_id, 9),
        conversation_doors.conversations_changed(company_id, now - timedelta(minutes=9)),
        department_doors.archived_department(actor_for(acme.admin), acme.billing.pk) or [],
        Company.objects.waiting(),
        Company.objects.suspended(),
        Session.objects.of_person(user.pk),
        User.objects.by_email(user.email),
        timeline_of_company(acme.company),
    ):
        list(rows)
    with unscoped():
        timeline_of_account(user)
    with company_scope(company_id):
        list(Conversation.objects.waking(now)[:9])
        list(Conversation.objects.resolved_before(now)[:9])
        list(Invitation.objects.overdue(now)[:9])
        list(Membership.objects.admins())
        list(Membership.objects.with_account().by_email("a@a.example"))
        ask_rows_of(acme, talk)
    list(Company.objects.active_by_slug("acme"))
    list(Company.objects.unconfirmed().filter(slug="acme"))
    Company.objects.all().counted_by_status()
    new_entries(company_id, {talk: 0}, with_public=True)
    inbox_rows(company_id, {talk: Due(now, is_for_all=True)}, {}, [])
    for queue in Queue:
        jobs.put_back(jobs.claim(queue, 9))
    list(Job.objects.dead().order_by("-died_at", "-id")[:9])


def ask_rows_of(acme: World, talk: UUID) -> None:
    """What belongs to a conversation, a department or a person."""
    actor, message = actor_for(acme.agent), Message.objects.of_conversation(talk).earliest("seq")
    files, entries = Attachment.objects, SearchEntry.objects.of_conversation(talk)
    list(files.of_conversation(talk).waiting().uploaded_by(acme.agent.pk))
    list(files.of_message(message)), list(files.visible_to(actor).filter(pk=talk))
    list(entries.of_part("subject")), list(SearchEntry.objects.of_message(message))
    list(Message.objects.of_conversation(talk).public().of_staff().with_people()[:1])
    list(SavedView.objects.owned_by(acme.agent.pk)), list(BulkJob.objects.visible_to(actor))
    departments, invitations = Department.objects.of_member(acme.agent.pk), Invitation.objects
    departments.ids(), list(Department.objects.headed_by(acme.agent.pk).named("support"))
    list(DepartmentMember.objects.visible_to(actor).of_department(acme.support))
    invitations.unused().into(acme.billing.pk).move_into(acme.support.pk)


def test_nothing_is_found_by_reading_through_a_table(acme: World, places: dict[str, str]) -> None:
    with watched() as without_index:
        list(Conversation.unscoped.filter(preview="nobody asks by this"))
    methods = queryset_methods()
    with watched() as wanted, noticing(methods) as called:
        ask_lists(acme, places, LISTS)
        do_deeds(acme, places)
        ask_by_services(acme, places)
    with watched() as searched, noticing(methods) as called_by_search:
        ask_lists(acme, places, SEARCHES)
    models = apps.get_models()
    big = {each._meta.db_table for each in models if each._base_manager.count() >= crowd.PEOPLE}

    assert set(methods.values()) - called - called_by_search == OF_WORK_ON_ALL
    assert len(big) == 10
    [scan] = plans_of(without_index, big)
    assert scan.scanned == {"conversations_conversation"}
    scans = scans_of(wanted, big)
    scans += scans_of(searched, big - READ_WHOLE.get(connection.vendor, set()))
    assert not scans, "\n\n".join(map(described, scans))


def scans_of(asked: list[Any], big: set[str]) -> list[Plan]:
    return [plan for plan in plans_of(asked, big) if plan.scanned]


def described(plan: Plan) -> str:
    return f"{sorted(plan.scanned)}\n{plan.asked}\n{plan.told}"
