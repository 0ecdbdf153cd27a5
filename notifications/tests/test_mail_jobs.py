"""No request sends a mail: it leaves a job, and the job sends it until the server has taken it."""

from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from conftest import World, client_of
from invitations.tests.factories import EMAIL
from tokdesk.common.models import Job
from tokdesk.common.testing import ApiClient, finish_jobs

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
