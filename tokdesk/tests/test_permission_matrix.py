"""Every URL and method as every role on own, foreign and suspended things."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.jwt import make_pair
from accounts.models import Membership, Session, User
from accounts.tests.factories import PASSWORD, actor_for, make_user, sign_in_as
from companies.choices import Status
from companies.models import Company
from conftest import World, make_world
from conversations.models import BulkJob
from conversations.services import add_participant, create_tag, define_attribute, save_view
from conversations.services.uploads import upload_attachment
from conversations.tests.factories import make_conversation, say
from conversations.tests.uploads import form_of, picture, send_form
from invitations.tests.factories import make_invitation
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.matrix import (
    METHODS,
    PRINCIPALS,
    Row,
    needed_rows,
    operations,
    rows,
)

pytestmark = pytest.mark.django_db
TOKEN = "x" * 43
NEW_PASSWORD = "quite-another-one"
CLIENT_ID = str(uuid4())
VIEW = {"name": "Late", "filters": {"status": "open"}, "ordering": "waiting_since"}


@dataclass(frozen=True)
class Scene:
    """Two working companies and a suspended one, with sessions from before the suspension."""

    acme: World
    globex: World
    initech: World
    staff: User

    def principal(self, name: str, scope: str) -> Membership | User | None:
        world = self.initech if scope == "suspended" else self.acme
        return {
            "anonymous": None,
            "user": world.customer,
            "agent": world.agent,
            "manager": world.manager,
            "company_admin": world.admin,
            "super_admin": self.staff,
        }[name]


@dataclass(frozen=True)
class Caller:
    """One principal with its session; anonymous callers have none but may know somebody's words."""

    email: str
    session: Session | None
    stand_in: Session
    world: World

    @property
    def client(self) -> ApiClient:
        return ApiClient(make_pair(self.session).access if self.session else None)


@pytest.fixture
def scene(db: None) -> Scene:
    worlds = [make_world(slug) for slug in ("acme", "globex", "initech")]
    return Scene(*worlds, make_user("super@tokdesk.example", is_super_admin=True))


def caller_of(scene: Scene, name: str, scope: str) -> Caller:
    who = scene.principal(name, scope)
    world = scene.initech if scope == "suspended" else scene.acme
    session = sign_in_as(who) if who else None
    in_company = session if session and session.member else sign_in_as(world.agent)
    if scope == "suspended":
        Company.objects.filter(pk=world.company.pk).update(status=Status.SUSPENDED)
    return Caller(world.agent.user.email, session, in_company, world)


def body_of(name: str, method: str, caller: Caller, scope: str) -> Any:
    if name == "attachment-list":
        return {"conversation": str(make_conversation(caller.world.customer, "Hello").pk)}
    if name == "conversation-merge":
        return {"into": str(make_conversation(caller.world.customer, "Hello").pk)}
    slug = "initech" if scope == "suspended" else "acme"
    admin = {"name": "Nour", "email": "nour@new.example", "password": NEW_PASSWORD}
    invited = {"role": "agent", "department": str(caller.world.support.pk)}
    return {
        ("POST", "login"): {"email": caller.email, "password": PASSWORD},
        ("POST", "refresh"): {"refresh": make_pair(caller.stand_in).refresh},
        ("POST", "switch"): {"company": slug},
        ("POST", "password-forgot"): {"email": caller.email},
        ("POST", "password-reset"): {"token": TOKEN, "password": NEW_PASSWORD},
        ("POST", "password-change"): {"current_password": PASSWORD, "password": NEW_PASSWORD},
        ("POST", "register"): {"company": slug, **admin},
        ("POST", "register-confirm"): {"token": TOKEN},
        ("POST", "company-list"): {"name": "New", "slug": "new-one", "admin": admin},
        ("POST", "company-confirm"): {"token": TOKEN},
        ("POST", "company-confirm-resend"): {
            "email": f"admin@{slug}.example",
            "password": PASSWORD,
        },
        ("POST", "company-resubmit"): {"email": f"admin@{slug}.example", "password": PASSWORD},
        ("POST", "sign-in-page"): {"email": caller.email, "password": PASSWORD},
        ("POST", "sign-out-page"): {},
        ("POST", "switch-page"): {"company": slug},
        ("POST", "forgot-password-page"): {"email": caller.email},
        ("POST", "sign-up-page"): {
            "name": "New",
            "slug": "new-one",
            **{f"admin__{name}": value for name, value in admin.items()},
        },
        ("POST", "sign-up-again-page"): {"email": f"admin@{slug}.example", "password": PASSWORD},
        ("POST", "sign-up-mail-page"): {"email": f"admin@{slug}.example", "password": PASSWORD},
        ("POST", "register-page"): {"company": slug, **admin},
        ("POST", "language-page"): {"language": "ar"},
        ("POST", "confirm-company-page"): {"token": TOKEN},
        ("POST", "confirm-customer-page"): {"token": TOKEN},
        ("POST", "reset-password-page"): {"token": TOKEN, "password": NEW_PASSWORD},
        ("PATCH", "me"): {"name": "New name"},
        ("PUT", "preferences"): {"density": "compact"},
        ("PATCH", "own-company"): {"name": "New name"},
        ("POST", "company-reject"): {"reason": "Because."},
        ("POST", "company-suspend"): {"reason": "Because."},
        ("POST", "department-list"): {"name": "Sales"},
        ("PATCH", "department-detail"): {"name": "New name"},
        ("POST", "department-archive"): {"move_to": str(caller.world.billing.pk)},
        ("POST", "department-member-list"): {"member": str(caller.world.agent2.pk)},
        ("PATCH", "member-detail"): {"capacity": 5},
        ("POST", "customer-list"): {"name": "Carla"},
        ("PATCH", "customer-detail"): {"phone": "+20 1"},
        ("POST", "invitation-list"): {"email": admin["email"], **invited},
        ("POST", "invitation-bulk"): {"emails": [admin["email"]], **invited},
        ("POST", "invitation-preview"): {"token": TOKEN},
        ("POST", "invitation-accept"): {"token": TOKEN},
        ("POST", "invitation-page"): {"token": TOKEN},
        ("POST", "conversation-list"): opening_of(caller),
        ("PATCH", "conversation-detail"): {"subject": "New subject"},
        ("POST", "conversation-assign"): {"assignee": None},
        ("POST", "conversation-set-status"): {"status": "resolved"},
        ("POST", "conversation-snooze"): {"until_reply": True},
        ("POST", "conversation-read-to"): {"seq": 1},
        ("POST", "conversation-unread-from"): {"seq": 1},
        ("POST", "message-list"): {"client_id": CLIENT_ID, "body": "Hello"},
        ("PATCH", "message-detail"): {"body": "Hello again"},
        ("PUT", "draft"): {"body": "Dear"},
        ("POST", "conversation-bulk"): {"action": "read", "ids": [CLIENT_ID]},
        ("POST", "participant-list"): {"member": str(caller.world.agent2.pk)},
        ("POST", "saved-view-list"): VIEW,
        ("PATCH", "saved-view-detail"): {"name": "Later"},
        ("POST", "tag-list"): {"name": "vip"},
        ("PATCH", "tag-detail"): {"name": "VIP"},
        ("POST", "attribute-list"): {"key": "order", "label": "Order", "kind": "text"},
        ("PATCH", "attribute-detail"): {"label": "Number"},
    }.get((method, name))


def opening_of(caller: Caller) -> dict[str, str]:
    """Customers speak for themselves, staff about somebody."""
    member = caller.session.member if caller.session else None
    is_staff = member is not None and member.role != Role.USER
    return {"customer": str(caller.world.customer.pk)} if is_staff else {}


def message_of(caller: Caller, world: World) -> dict[str, Any]:
    """One's own where one is of this company, since nobody may change what others said."""
    member = caller.session.member if caller.session else None
    is_own = member is not None and member.company_id == world.company.pk
    talk = make_conversation(world.customer, "Hello")
    said = say(member if is_own and member else world.agent, talk)
    return {"pk": talk.pk, "message_id": said.pk}


def attachment_of(world: World) -> Any:
    """A picture that the customer has sent, which everybody in it sees."""
    talk = make_conversation(world.customer, "Hello")
    file = BytesIO(picture())
    by = {"actor": actor_for(world.customer), "conversation": talk}
    attachment = upload_attachment(**by, file=file, name="red.png")
    say(world.customer, talk, attachments=[attachment.pk])
    return attachment


def bulk_job_of(caller: Caller, world: World) -> Any:
    """One's own where one is of this company, since a deed is shown to whoever did it; done."""
    member = caller.session.member if caller.session else None
    is_own = member is not None and member.company_id == world.company.pk
    with company_scope(world.company.pk):
        return BulkJob.objects.create(
            company=world.company,
            member=member if is_own and member else world.agent,
            action="archive",
            state="done",
            finished_at=timezone.now(),
        )


def object_of(name: str, scene: Scene, caller: Caller, scope: str) -> Any:
    """The thing that the path names, of the own company (or person) or of somebody else.

    A path that names more than one takes a dict: parameter -> id.
    """
    world = {"own": scene.acme, "other": scene.globex, "suspended": scene.initech}[scope]
    if name.startswith("company-"):
        return world.company.pk
    if name.startswith("invitation-"):
        return make_invitation(world.admin, department=world.support)[0].pk
    if name == "department-member-detail":
        return {"pk": world.support.pk, "member_id": world.agent.pk}
    if name.startswith("department-"):
        return world.support.pk
    if name.startswith("member-"):
        return world.agent.pk
    if name.startswith("customer-"):
        return world.customer.pk
    if name == "own-session-detail":
        own = scope == "own" and caller.session
        return caller.session.pk if own else sign_in_as(scene.globex.agent).pk
    if name == "message-detail":
        return message_of(caller, world)
    if name == "participant-detail":
        room = make_conversation(world.customer, "Hello")
        seat = {"actor": actor_for(world.admin), "conversation": room, "member": world.agent2}
        add_participant(**seat)
        return {"pk": room.pk, "member_id": world.agent2.pk}
    if name.startswith("conversation-") or name in ("message-list", "draft", "participant-list"):
        return make_conversation(world.customer, "Hello").pk
    if name == "saved-view-detail":
        return save_view(actor=actor_for(world.admin), is_shared=True, **VIEW).pk
    if name == "tag-detail":
        return create_tag(actor=actor_for(world.admin), name="one").pk
    if name.startswith("attachment-"):
        return attachment_of(world).pk
    if name.startswith("bulk-job-"):
        return bulk_job_of(caller, world).pk
    if name == "attribute-detail":
        facts = {"key": "one", "label": "One", "kind": "text"}
        return define_attribute(actor=actor_for(world.admin), **facts).pk
    raise LookupError(f"say which object {name} takes")


def ids_of(row: Row, scene: Scene, caller: Caller) -> dict[str, Any]:
    """Parameter -> id, for the route of this row."""
    if not parameters_of(row.name):
        return {}
    found = object_of(row.name, scene, caller, row.scope)
    return found if isinstance(found, dict) else {"pk": found}


def parameters_of(name: str) -> tuple[str, ...]:
    return next(each.parameters for each in operations() if each.name == name)


def call(row: Row, client: ApiClient, body: Any, ids: dict[str, Any]) -> Any:
    kwargs = {name: str(value) for name, value in ids.items()}
    if row.method == "POST" and row.name == "attachment-list":
        return send_form(client, form_of(body["conversation"], b"Hello"))
    if row.method == "POST" and row.name.endswith("-page"):
        return Client(headers=client.headers).post(reverse(row.name), body)
    answer = client.send(row.method, reverse(row.name, kwargs=kwargs), body)
    if answer.streaming:
        # Read to its end it closes its file.
        answer.getvalue()
    return answer


def test_every_operation_has_its_rows_and_every_row_an_operation() -> None:
    written = [(row.scope, row.method, row.name) for row in rows()]

    assert set(written) == needed_rows()
    assert len(written) == len(set(written))
    assert {len(row.statuses) for row in rows()} == {len(PRINCIPALS)}


@pytest.mark.parametrize("row", rows(), ids=str)
def test_row(row: Row, scene: Scene) -> None:
    answers = []
    for name in PRINCIPALS:
        undo = transaction.savepoint()
        caller = caller_of(scene, name, row.scope)
        ids = ids_of(row, scene, caller)
        body = body_of(row.name, row.method, caller, row.scope)
        answer = call(row, caller.client, body, ids)
        answers.append(answer.status_code)
        if row.scope == "other" and name != "super_admin":
            unknown = call(row, caller.client, body, dict.fromkeys(ids, uuid4()))
            assert without_request_id(answer) == without_request_id(unknown)
            assert unknown.status_code == answer.status_code
        transaction.savepoint_rollback(undo)

    assert dict(zip(PRINCIPALS, answers, strict=True)) == dict(
        zip(PRINCIPALS, row.statuses, strict=True)
    )


API = sorted({each.name for each in operations()})


@pytest.mark.parametrize("name", API)
def test_a_method_that_a_route_never_has_is_405(name: str, acme: World) -> None:
    known = {each.method for each in operations() if each.name == name}
    url = reverse(name, kwargs={each: str(uuid4()) for each in parameters_of(name)})

    for method in set(METHODS) - known:
        answer = ApiClient().send(method, url, {})
        assert answer.status_code == 405
        allowed = {each.strip() for each in answer.headers["Allow"].split(",")}
        assert allowed - {"HEAD", "OPTIONS"} == known
