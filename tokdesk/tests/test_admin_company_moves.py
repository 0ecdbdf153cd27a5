"""What staff do to a company: asked by GET, done by POST, by a service each time."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import Session, User
from accounts.tests.factories import sign_in_as
from companies.choices import Status
from companies.models import Company
from companies.tests.factories import make_company
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.models import Event
from tokdesk.common.testing import recorded_events
from tokdesk.tests.staffsite import (
    asks_to_sign_in,
    browser_of,
    move_url,
    page_of,
    said,
    state_of,
    text_of,
)

LIST = "/admin/companies/company/"
REASON = "Not a company that we know."

# move, state before, what is posted, state and reason after, event, message, who is mailed what
MOVES = [
    (
        "approve",
        Status.PENDING,
        {},
        ("active", "", False),
        "company.approved",
        "success: Acme is approved.",
        "Acme is approved",
    ),
    (
        "reject",
        Status.PENDING,
        {"reason": REASON},
        ("rejected", REASON, False),
        "company.rejected",
        "success: Acme is rejected.",
        "Acme was not approved",
    ),
    (
        "suspend",
        Status.ACTIVE,
        {"reason": REASON},
        ("suspended", REASON, False),
        "company.suspended",
        "success: Acme is suspended.",
        "Acme is suspended",
    ),
    (
        "restore",
        Status.SUSPENDED,
        {},
        ("active", "", False),
        "company.restored",
        "success: Acme is restored.",
        "Acme is open again",
    ),
    (
        "remove",
        Status.ACTIVE,
        {"reason": REASON, "slug": "acme"},
        ("active", "", True),
        "company.deleted",
        "success: Acme is deleted.",
        None,
    ),
]
NAMES = [move[0] for move in MOVES]
EASY = [(move[0], move[1], move[2]) for move in MOVES]


@pytest.mark.parametrize(
    ("name", "before", "posted", "after", "event", "message", "subject"), MOVES, ids=NAMES
)
def test_a_post_moves_the_company_tells_it_and_mails(
    staff: User, name, before, posted, after, event, message, subject
) -> None:
    company = make_company("acme", before)
    client = browser_of(staff)

    with recorded_events() as events, delivered() as mails:
        response = client.post(move_url(company, name), posted)

    assert response.status_code == 302
    assert response["Location"] == (LIST if name == "remove" else page_of(company))
    assert state_of(company) == after
    assert events == [event, *(["department.created"] if name == "approve" else [])]
    assert said(response) == [message]
    assert [each.subject for each in mails] == ([subject] if subject else [])
    row = Event.objects.get(type=event)
    assert (row.actor_kind, row.actor_user, row.company_id) == ("platform", staff.id, company.id)


@pytest.mark.parametrize(("name", "before", "posted"), EASY, ids=NAMES)
def test_a_get_asks_and_changes_nothing(staff: User, name, before, posted) -> None:
    company = make_company("acme", before)
    client = browser_of(staff)

    with recorded_events() as events:
        response = client.get(move_url(company, name), posted)

    assert response.status_code == 200
    assert 'method="post"' in text_of(response)
    assert state_of(company) == (before, "", False)
    assert events == []


@pytest.mark.parametrize(("name", "before", "posted"), EASY, ids=NAMES)
def test_without_a_csrf_token_nothing_changes(staff: User, name, before, posted) -> None:
    company = make_company("acme", before)
    client = browser_of(staff)
    client.handler.enforce_csrf_checks = True

    with recorded_events() as events:
        response = client.post(move_url(company, name), posted)

    assert response.status_code == 403
    assert state_of(company) == (before, "", False)
    assert events == []


def test_the_token_of_the_page_opens_the_move(staff: User) -> None:
    company = make_company("acme", Status.PENDING)
    client = browser_of(staff)
    client.handler.enforce_csrf_checks = True
    page = client.get(move_url(company, "approve"))

    token = str(page.context["csrf_token"])
    response = client.post(move_url(company, "approve"), {"csrfmiddlewaretoken": token})

    assert response.status_code == 302
    assert state_of(company) == ("active", "", False)


@pytest.mark.parametrize(("name", "before", "posted"), EASY, ids=NAMES)
def test_whoever_is_not_signed_in_moves_nothing(db: None, name, before, posted) -> None:
    company = make_company("acme", before)

    with recorded_events() as events:
        response = Client().post(move_url(company, name), posted)

    assert asks_to_sign_in(response)
    assert state_of(company) == (before, "", False)
    assert events == []


@pytest.mark.parametrize(("name", "before", "posted"), EASY, ids=NAMES)
def test_the_own_admin_moves_nothing(acme: World, name, before, posted) -> None:
    Company.objects.filter(pk=acme.company.pk).update(status=before)
    client = Client()
    client.force_login(acme.admin.user)

    with recorded_events() as events:
        response = client.post(move_url(acme.company, name), posted)

    assert asks_to_sign_in(response)
    assert state_of(acme.company) == (before, "", False)
    assert events == []


@pytest.mark.parametrize("name", ["reject", "suspend", "remove"])
@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "nul\x00"])
def test_a_reason_is_required_and_short(staff: User, name: str, reason: str) -> None:
    before = Status.PENDING if name == "reject" else Status.ACTIVE
    company = make_company("acme", before)
    client = browser_of(staff)

    with recorded_events() as events:
        response = client.post(move_url(company, name), {"reason": reason, "slug": "acme"})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["reason"]
    assert "Nothing has changed yet." in text_of(response)
    assert state_of(company) == (before, "", False)
    assert events == []


@pytest.mark.parametrize("typed", ["", "acm", "Acme", "ACME", "globex"])
def test_deleting_needs_the_address_typed(staff: User, typed: str) -> None:
    company = make_company("acme")

    response = browser_of(staff).post(
        move_url(company, "remove"), {"reason": REASON, "slug": typed}
    )

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["slug"]
    assert state_of(company) == ("active", "", False)


# Every state a move may not start from.
ILLEGAL = [
    (name, status, posted)
    for name, start, posted in EASY
    for status in Status.values
    if status != start and name != "remove"
]


@pytest.mark.parametrize(("name", "before", "posted"), ILLEGAL)
def test_an_illegal_move_is_an_error_message_and_changes_nothing(
    staff: User, name, before, posted
) -> None:
    company = make_company("acme", before)
    client = browser_of(staff)

    with recorded_events() as events, delivered() as mails:
        response = client.post(move_url(company, name), posted)

    assert (response.status_code, response["Location"]) == (302, page_of(company))
    assert said(response) == ["error: The current state does not allow this."]
    assert state_of(company) == (before, "", False)
    assert (events, mails) == ([], [])


def test_a_company_with_an_unconfirmed_address_cannot_be_approved(staff: User) -> None:
    company = make_company("acme", Status.PENDING, email_confirmed_at=None)
    client = browser_of(staff)

    asked = client.get(move_url(company, "approve"))
    with recorded_events() as events:
        done = client.post(move_url(company, "approve"))

    assert said(asked) == ["error: The contact address is not confirmed yet."]
    assert said(done)[-1] == "error: The contact address is not confirmed yet."
    assert state_of(company) == ("pending", "", False)
    assert events == []
    assert "Approve: The contact address is not confirmed yet." in text_of(
        client.get(page_of(company))
    )


def test_a_second_click_is_told_and_mails_nobody(staff: User) -> None:
    company = make_company("acme", Status.PENDING)
    client = browser_of(staff)
    client.post(move_url(company, "approve"))

    with recorded_events() as events, delivered() as mails:
        response = client.post(move_url(company, "approve"))

    assert said(response)[-1] == "error: The current state does not allow this."
    assert (events, mails) == ([], [])


def test_a_suspension_signs_everybody_out(staff: User, acme: World, globex: World) -> None:
    inside, outside = sign_in_as(acme.agent), sign_in_as(globex.agent)

    with delivered():
        browser_of(staff).post(move_url(acme.company, "suspend"), {"reason": REASON})

    inside.refresh_from_db()
    outside.refresh_from_db()
    assert inside.end_reason == "company"
    assert outside.ended_at is None
    assert Session.objects.filter(user=staff, ended_at=None).count() == 1


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_or_deleted_company_is_not_found(staff: User, name: str) -> None:
    company = make_company("acme", is_deleted=True)
    client = browser_of(staff)

    for method in (client.get, client.post):
        assert method(move_url(company, name)).status_code == 404


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("approve", Status.PENDING),
        ("reject", Status.PENDING),
        ("suspend", Status.ACTIVE),
        ("restore", Status.SUSPENDED),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_preview_is_the_mail_that_goes_out(staff: User, name, before, language) -> None:
    company = make_company("acme", before, name="A & B <i>", language=language)
    client = browser_of(staff)
    page = text_of(client.get(move_url(company, name)))

    with delivered() as mails:
        client.post(move_url(company, name), {"reason": "…"})

    [mail] = mails
    written = mail.body.translate({0x2068: None, 0x2069: None})
    preview = page.replace('<bdi class="letter-reason" data-reason>…</bdi>', "…")
    assert mail.subject in preview
    assert f'lang="{language}"' in preview
    lines = preview.partition("<h3>")[2].partition("</section>")[0]
    shown = [each.partition("</p>")[0] for each in lines.split("<p>")[1:]]
    assert shown
    for line in shown:
        assert line.replace('<span class="letter-action">', "").replace("</span>", "") in written


def test_no_name_or_reason_is_read_as_markup(staff: User) -> None:
    company = make_company("acme", name="<script>alert(1)</script>")
    client = browser_of(staff)
    url = move_url(company, "suspend")
    asked = client.get(url)
    failed = client.post(url, {"reason": "<script>alert(2)</script>" + "x" * 500})

    client.post(url, {"reason": "<script>alert(3)</script>"})

    pages = [asked, failed, client.get(page_of(company)), client.get(LIST), client.get("/admin/")]
    for page in pages:
        assert page.status_code == 200
        assert b"<script>alert" not in page.content
        assert b"&lt;script&gt;alert" in page.content


def test_what_was_typed_stays_in_the_form_and_in_the_preview(staff: User) -> None:
    company = make_company("acme")

    page = browser_of(staff).post(
        move_url(company, "remove"), {"reason": "Fraud, said A & B", "slug": "wrong"}
    )

    assert "Fraud, said A & B</textarea>" in text_of(page)
    assert 'value="wrong"' in text_of(page)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method_is_known(staff: User, method: str) -> None:
    company = make_company("acme", Status.PENDING)

    response = getattr(browser_of(staff), method)(move_url(company, "approve"))

    assert response.status_code == 405
    assert state_of(company) == ("pending", "", False)


def test_a_move_asked_for_without_sign_in_comes_back_to_its_question(staff: User) -> None:
    company = make_company("acme", Status.PENDING)

    response = Client().post(move_url(company, "approve"))

    assert urlsplit(response["Location"]).query == f"next={move_url(company, 'approve')}"
