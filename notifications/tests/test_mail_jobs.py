"""No request sends a mail: it leaves a job, and the job sends it until the server has taken it."""

from smtplib import (
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.events import PasswordChanged, PasswordResetRequested, RegistrationRequested
from accounts.models import Membership, PasswordReset, Registration, User
from companies.events import CompanyRejected, CompanyRestored, CompanySuspended
from companies.models import Company
from conftest import World, client_of
from invitations.tests.factories import EMAIL
from notifications.tests.mailbox import token_in
from tokdesk.common.actor import system_actor
from tokdesk.common.events import Fact, publish
from tokdesk.common.models import Job
from tokdesk.common.testing import ApiClient, finish_jobs
from tokdesk.common.tokens import mailed_token

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


class Server(EmailBackend):
    """A mail server that refuses as told; the network's other end, which is not ours."""

    refusals: ClassVar[list[Exception]] = []

    def send_messages(self, messages: Any) -> int:
        if self.refusals:
            raise self.refusals[0]
        sent: int = super().send_messages(messages)
        return sent


@pytest.fixture
def server(settings: Any) -> type[Server]:
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    Server.refusals = []
    return Server


REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "sign-up": (
        "companies/",
        {
            "name": "Initech",
            "slug": "initech",
            "admin": {
                "name": "Bill",
                "email": "bill@initech.example",
                "password": "correct-horse-battery",
            },
        },
    ),
    "register": (
        "auth/register/",
        {
            "company": "acme",
            "name": "Carla",
            "email": "carla@home.example",
            "password": "correct-horse-battery",
        },
    ),
    "forgot": ("auth/password/forgot/", {"email": "agent@acme.example"}),
    "invite": ("invitations/", {"email": EMAIL, "role": "agent"}),
    "bulk": ("invitations/bulk/", {"emails": [EMAIL], "role": "agent"}),
}


@pytest.mark.parametrize(("path", "body"), REQUESTS.values(), ids=REQUESTS.keys())
def test_a_request_leaves_a_job_and_the_job_sends_the_mail(
    acme: World, path: str, body: dict[str, Any]
) -> None:
    client = client_of(acme.admin) if path.startswith("invitations") else ApiClient()

    answer = client.post(path, body)

    assert answer.status_code in (200, 201, 202)
    assert len(mail.outbox) == 0
    job = Job.objects.get()
    assert (job.queue, job.attempts) == ("email", 0)
    finish_jobs()
    assert len(mail.outbox) == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{job.id}@tokdesk.example>"
    assert Job.objects.count() == 0


def invite(world: World) -> Job:
    client_of(world.admin).post("invitations/", {"email": EMAIL, "role": "agent"})
    return Job.objects.get()


@pytest.mark.parametrize(
    "refusal",
    [
        SMTPRecipientsRefused({EMAIL: (550, b"No such user")}),
        SMTPRecipientsRefused({EMAIL: (553, b"Bad name")}),
        SMTPDataError(554, b"Spam"),
    ],
    ids=repr,
)
def test_what_a_server_refuses_for_good_is_given_up_at_once(
    acme: World, server: type[Server], refusal: Exception
) -> None:
    server.refusals = [refusal]
    job = invite(acme)

    finish_jobs()

    dead = Job.objects.get(pk=job.pk)
    assert (dead.is_dead, dead.attempts) == (True, 1)
    assert EMAIL not in dead.last_error


@pytest.mark.parametrize(
    "refusal",
    [
        SMTPRecipientsRefused({EMAIL: (450, b"Mailbox busy")}),
        SMTPRecipientsRefused({EMAIL: (421, b"Later")}),
        SMTPDataError(451, b"Greylisted"),
        SMTPServerDisconnected("gone"),
        TimeoutError("slow"),
        ConnectionRefusedError(),
    ],
    ids=repr,
)
def test_what_may_pass_is_tried_again(
    acme: World, server: type[Server], refusal: Exception
) -> None:
    server.refusals = [refusal]
    job = invite(acme)
    finish_jobs()
    waiting = Job.objects.get(pk=job.pk)

    server.refusals = []
    Job.objects.update(available_at=job.available_at)
    finish_jobs()

    assert (waiting.is_dead, waiting.attempts) == (False, 1)
    assert waiting.available_at > job.available_at
    assert Job.objects.count() == 0
    assert [message.to for message in mail.outbox] == [[EMAIL]]


def test_a_refused_mail_costs_the_others_nothing(acme: World, server: type[Server]) -> None:
    server.refusals = [SMTPRecipientsRefused({EMAIL: (550, b"No such user")})]
    client = client_of(acme.admin)
    client.post("invitations/", {"email": EMAIL, "role": "agent"})
    finish_jobs()
    server.refusals = []

    client.post("invitations/", {"email": "other@x.example", "role": "agent"})
    finish_jobs()

    assert [message.to for message in mail.outbox] == [["other@x.example"]]
    assert Job.objects.get().is_dead


DEAD_LINKS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "used sign-up": (Registration, {"used_at": timezone.now()}),
    "expired sign-up": (Registration, {"expires_at": timezone.now()}),
    "used reset": (PasswordReset, {"used_at": timezone.now()}),
    "expired reset": (PasswordReset, {"expires_at": timezone.now()}),
}


@pytest.mark.parametrize(("model", "fields"), DEAD_LINKS.values(), ids=DEAD_LINKS.keys())
def test_nobody_is_mailed_a_link_that_died_while_the_mail_waited(
    acme: World, model: type[Any], fields: dict[str, Any]
) -> None:
    path, body = REQUESTS["register" if model is Registration else "forgot"]
    ApiClient().post(path, body)
    rows = Registration.unscoped if model is Registration else PasswordReset.objects
    assert rows.update(**fields) == 1

    finish_jobs()

    assert (len(mail.outbox), Job.objects.count()) == (0, 0)


def test_a_founder_who_asks_again_is_mailed_the_newer_link_alone() -> None:
    path, body = REQUESTS["sign-up"]
    ApiClient().post(path, body)
    whose = {name: body["admin"][name] for name in ("email", "password")}
    ApiClient().post("companies/confirm/resend/", whose)

    finish_jobs()

    newest = Registration.unscoped.get(used_at=None)
    assert [token_in(message) for message in mail.outbox] == [
        mailed_token("registration", newest.id)
    ]


def test_whoever_forgets_twice_is_mailed_the_newer_link_alone(acme: World) -> None:
    for _again in range(2):
        ApiClient().post(*REQUESTS["forgot"])

    finish_jobs()

    newest = PasswordReset.objects.latest("created_at", "id")
    assert [token_in(message) for message in mail.outbox] == [
        mailed_token("password_reset", newest.id)
    ]


def test_nobody_is_mailed_a_reset_at_an_address_that_was_left(acme: World) -> None:
    ApiClient().post(*REQUESTS["forgot"])
    User.objects.filter(pk=acme.agent.user_id).update(email="moved@acme.example")

    finish_jobs()

    assert (len(mail.outbox), Job.objects.count()) == (0, 0)


def test_nobody_is_mailed_a_sign_up_at_a_deleted_company(acme: World) -> None:
    ApiClient().post(*REQUESTS["register"])
    Company.objects.filter(pk=acme.company.pk).update(is_deleted=True)

    finish_jobs()

    assert (len(mail.outbox), Job.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "closed", [{"status": "suspended"}, {"settings": {"customer_registration": False}}], ids=str
)
def test_nobody_is_mailed_a_link_to_a_company_that_takes_nobody_now(
    acme: World, closed: dict[str, Any]
) -> None:
    ApiClient().post(*REQUESTS["register"])
    Company.objects.filter(pk=acme.company.pk).update(**closed)

    finish_jobs()

    assert (len(mail.outbox), Job.objects.count()) == (0, 0)


GHOST = UUID(int=0)
ABOUT_NOBODY = [
    RegistrationRequested(GHOST),
    PasswordResetRequested(GHOST),
    PasswordChanged(GHOST, by_reset=False),
    CompanyRejected(GHOST, "x"),
    CompanySuspended(GHOST, "x"),
    CompanyRestored(GHOST),
]


@pytest.mark.parametrize("fact", ABOUT_NOBODY, ids=lambda fact: fact.type)
def test_a_mail_about_a_row_that_is_gone_is_not_tried_again(fact: Fact) -> None:
    publish(fact, actor=system_actor(), company_id=None, stream="nobody")
    assert Job.objects.exists()

    finish_jobs()

    assert (len(mail.outbox), Job.objects.count()) == (0, 0)


def test_nobody_is_mailed_an_invitation_whose_inviter_left(acme: World) -> None:
    client_of(acme.admin).post("invitations/", {"email": EMAIL, "role": "agent"})
    Membership.unscoped.filter(pk=acme.admin.pk).update(status="deactivated")

    finish_jobs()

    assert (len(mail.outbox), Job.objects.count()) == (0, 0)


REFUSALS = [
    SMTPRecipientsRefused({EMAIL: (450, f"{EMAIL} is busy".encode())}),
    SMTPDataError(451, f"{EMAIL} later".encode()),
    SMTPSenderRefused(452, b"later", EMAIL),
    SMTPServerDisconnected(f"{EMAIL} hung up"),
    SMTPRecipientsRefused({EMAIL: (550, f"{EMAIL} unknown".encode())}),
]
WRITTEN = [
    "MailRefused: the mail server answered 450",
    "MailRefused: the mail server answered 451",
    "MailRefused: SMTPSenderRefused 452",
    "MailRefused: SMTPServerDisconnected",
    "Hopeless: the mail server answered 550",
]


@pytest.mark.parametrize(
    ("refusal", "written"), list(zip(REFUSALS, WRITTEN, strict=True)), ids=WRITTEN
)
def test_no_refusal_writes_the_address_anywhere(
    acme: World, server: type[Server], refusal: Exception, written: str, caplog: Any
) -> None:
    server.refusals = [refusal]
    client_of(acme.admin).post("invitations/", {"email": EMAIL, "role": "agent"})

    finish_jobs()

    assert Job.objects.get().last_error == written
    assert caplog.records != []
    assert EMAIL not in caplog.text
