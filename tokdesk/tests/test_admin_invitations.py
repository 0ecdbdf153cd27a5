"""How platform staff help a company to an admin, and what they see of that."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from companies.models import Company
from conftest import World
from invitations.models import Invitation
from invitations.tests.factories import EMAIL, entry, make_invitation, now
from notifications.tests.mailbox import delivered, token_in
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.staffsite import (
    asks_to_sign_in,
    browser_of,
    move_url,
    page_of,
    said,
    text_of,
)

pytestmark = [pytest.mark.django_db]

LIST = "/admin/invitations/invitation/"
ADD = f"{LIST}add/"
FORM = {"company": "acme", "email": EMAIL}


def test_an_admin_is_invited_mailed_and_lets_itself_in(staff: User, acme: World) -> None:
    client = browser_of(staff)

    with recorded_events() as events, delivered() as mails:
        response = client.post(ADD, FORM)

    row = Invitation.unscoped.get()
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert said(response) == [f"success: {EMAIL} is invited."]
    assert events == ["invitation.sent"]
    assert (row.role, row.department_id, row.invited_by_id) == ("company_admin", None, None)
    assert (row.company_id, row.staff_inviter_id) == (acme.company.id, staff.id)
    assert [(mail.to, mail.subject) for mail in mails] == [([EMAIL], "You are invited to Acme")]
    answer = ApiClient().post("invitations/accept/", entry(token_in(mails[0])))
    assert (answer.status_code, answer.json()["role"]) == (201, "company_admin")


def test_the_companys_page_leads_to_the_form(staff: User, acme: World) -> None:
    client = browser_of(staff)

    assert f'href="{ADD}?company=acme"' in text_of(client.get(page_of(acme.company)))
    assert 'value="acme"' in text_of(client.get(f"{ADD}?company=acme"))


def test_a_company_that_is_closed_is_not_offered(staff: User, acme: World) -> None:
    Company.objects.filter(pk=acme.company.pk).update(status="suspended")

    assert f"{ADD}?company" not in text_of(browser_of(staff).get(page_of(acme.company)))


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"company": "nowhere"}, "There is no active company of this address."),
        ({"company": ""}, "This field is required."),
        ({"email": "nobody"}, "Enter a valid e-mail address."),
        ({"email": ""}, "This field is required."),
        ({"email": "a@b.example\nBcc: c@d.example"}, "Enter a valid e-mail address."),
    ],
)
def test_a_mistake_can_be_corrected(
    staff: User, acme: World, form: dict[str, str], fault: str
) -> None:
    response = browser_of(staff).post(ADD, {**FORM, **form})

    assert response.status_code == 200
    assert fault in text_of(response)
    assert Invitation.unscoped.count() == 0


@pytest.mark.parametrize("status", ["pending", "rejected", "suspended"])
def test_a_company_that_is_not_open_takes_nobody(staff: User, acme: World, status: str) -> None:
    Company.objects.filter(pk=acme.company.pk).update(status=status)

    response = browser_of(staff).post(ADD, FORM)

    assert "There is no active company of this address." in text_of(response)
    assert Invitation.unscoped.count() == 0


def test_what_the_service_refuses_is_an_error_message(staff: User, acme: World) -> None:
    client = browser_of(staff)

    response = client.post(ADD, {"company": "acme", "email": acme.agent.email})

    assert response.status_code == 200
    assert "This person is in the company already." in text_of(response)
    assert Invitation.unscoped.count() == 0


def test_staff_see_what_staff_sent_and_nothing_of_the_company(staff: User, acme: World) -> None:
    own, _token = make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)
    theirs, _token = make_invitation(acme.admin, "secret@x.example")
    client = browser_of(staff)

    listed = text_of(client.get(LIST))

    assert EMAIL in listed
    assert "secret@x.example" not in listed
    assert client.get(page_of(own)).status_code == 200
    assert client.get(page_of(theirs)).status_code == 302
    assert client.post(move_url(theirs, "revoke")).status_code == 404
    assert now(theirs).status == "pending"


def test_an_invitation_is_sent_again(staff: User, acme: World) -> None:
    late = timezone.now() - timedelta(days=1)
    row, _old = make_invitation(
        staff, role=Role.COMPANY_ADMIN, company=acme.company, expires_at=late
    )

    with delivered() as mails:
        response = browser_of(staff).post(move_url(row, "resend"))

    assert said(response) == [f"success: A new link is on its way to {EMAIL}."]
    assert (now(row).state, now(row).resent) == ("pending", 1)
    assert len(mails) == 1


def test_an_invitation_is_revoked(staff: User, acme: World) -> None:
    row, token = make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)

    response = browser_of(staff).post(move_url(row, "revoke"))

    assert said(response) == [f"success: The invitation of {EMAIL} is revoked."]
    assert now(row).status == "revoked"
    assert ApiClient().post("invitations/accept/", entry(token)).status_code == 410


@pytest.mark.parametrize(
    ("state", "found"),
    [("pending", True), ("expired", False), ("revoked", False), ("nonsense", True)],
)
def test_the_list_is_narrowed_by_state(staff: User, acme: World, state: str, found: bool) -> None:
    make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)

    page = browser_of(staff).get(LIST, {"state": state}, follow=True)

    assert (EMAIL in text_of(page)) is found


def test_whoever_is_not_signed_in_invites_nobody(acme: World) -> None:
    assert asks_to_sign_in(Client().post(ADD, FORM))
    assert asks_to_sign_in(Client().get(ADD))
    assert Invitation.unscoped.count() == 0


def test_without_a_csrf_token_nobody_is_invited(staff: User, acme: World) -> None:
    client = browser_of(staff)
    client.handler.enforce_csrf_checks = True

    assert client.post(ADD, FORM).status_code == 403
    assert Invitation.unscoped.count() == 0


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method_is_known(staff: User, acme: World, method: str) -> None:
    assert getattr(browser_of(staff), method)(ADD).status_code == 405


def test_rows_are_neither_edited_nor_deleted(staff: User, acme: World) -> None:
    row, _token = make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)
    client = browser_of(staff)

    client.post(page_of(row), {"role": "agent", "email": "x@x.example"})
    deleted = client.post(page_of(row).replace("change", "delete"), {"post": "yes"})

    assert (now(row).role, now(row).email) == ("company_admin", EMAIL)
    assert deleted.status_code == 403


def test_names_are_text(staff: User, acme: World) -> None:
    Company.objects.filter(pk=acme.company.pk).update(name="<script>alert(1)</script>")
    make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)

    page = browser_of(staff).get(LIST)

    assert b"<script>alert" not in page.content
    assert b"&lt;script&gt;alert" in page.content
