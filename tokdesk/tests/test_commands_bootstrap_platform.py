"""manage.py bootstrap_platform"""

import getpass
import re
import sys
from pathlib import Path

import pytest

from accounts.models import PasswordReset, User
from accounts.services.passwords import reset_password
from accounts.services.sessions import sign_in
from accounts.tests.factories import NOBODY, make_user
from notifications.tests.mailbox import delivered
from tokdesk.common.models import Event
from tokdesk.tests.commands import Outcome, run_command

pytestmark = [pytest.mark.django_db, pytest.mark.contract]

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKDESK_ADMIN_PASSWORD", raising=False)
    monkeypatch.delenv("TOKDESK_ADMIN_PASSWORD_FILE", raising=False)


def bootstrap(*words: str, email: str = "Salma@Desk.example") -> Outcome:
    return run_command("bootstrap_platform", "--email", email, "--name", "Salma Haddad", *words)


def test_the_password_of_the_environment_is_the_super_admins(monkeypatch) -> None:
    monkeypatch.setenv("TOKDESK_ADMIN_PASSWORD", PASSWORD)

    outcome = bootstrap()

    user = User.objects.get()
    assert (user.name, user.email) == ("Salma Haddad", "salma@desk.example")
    assert user.is_super_admin
    assert sign_in(actor=NOBODY, email=user.email, password=PASSWORD).session.user == user
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "SuperAdmin Salma Haddad <salma@desk.example>: created",
        "Next: sign in at https://desk.example/admin/",
    ]


def test_the_password_is_told_to_nobody(monkeypatch, mailoutbox, caplog) -> None:
    monkeypatch.setenv("TOKDESK_ADMIN_PASSWORD", PASSWORD)

    with delivered():
        outcome = bootstrap("--json", "-v3")

    assert PASSWORD not in outcome.out + outcome.err + caplog.text
    assert mailoutbox == []
    made = Event.objects.get()
    assert made.type == "account.created"
    assert made.payload == {"user_id": str(User.objects.get().id), "is_super_admin": True}


def test_a_password_file_loses_its_line_end_only(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f" {PASSWORD} \n")
    monkeypatch.setenv("TOKDESK_ADMIN_PASSWORD_FILE", str(tmp_path / "secret"))

    bootstrap()

    assert User.objects.get().check_password(f" {PASSWORD} ")


def test_a_password_file_that_is_not_there_is_wrong_usage(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOKDESK_ADMIN_PASSWORD_FILE", str(tmp_path / "absent"))

    outcome = bootstrap()

    assert (outcome.code, outcome.err) == (2, "TOKDESK_ADMIN_PASSWORD_FILE cannot be read.")
    assert User.objects.count() == 0


def test_without_a_password_a_link_to_set_one_is_mailed(mailoutbox) -> None:
    with delivered():
        outcome = bootstrap()

    (mail,) = mailoutbox
    token = re.search(r"token=([\w-]{43})", mail.body)[1]
    reset_password(actor=NOBODY, token=token, password=PASSWORD)
    assert mail.to == ["salma@desk.example"]
    assert User.objects.get().check_password(PASSWORD)
    assert token not in outcome.out + outcome.err
    assert outcome.last_line == (
        "Next: open the link mailed to salma@desk.example within 60 minutes."
    )


def test_a_person_at_a_terminal_is_asked_twice(monkeypatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    asked: list[str] = []
    monkeypatch.setattr(getpass, "getpass", lambda prompt: asked.append(prompt) or PASSWORD)

    outcome = bootstrap()

    assert outcome.code == 0
    assert len(asked) == 2
    assert User.objects.get().check_password(PASSWORD)


def test_two_different_passwords_make_nobody(monkeypatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    answers = iter([PASSWORD, "something else entirely"])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(answers))

    outcome = bootstrap()

    assert (outcome.code, outcome.err) == (1, "The two passwords differ.")
    assert User.objects.count() == 0


def test_a_weak_password_makes_nobody(monkeypatch) -> None:
    monkeypatch.setenv("TOKDESK_ADMIN_PASSWORD", "password")

    outcome = bootstrap()

    assert outcome.code == 1
    assert "too short" in outcome.err
    assert "too common" in outcome.err
    assert User.objects.count() == 0


def test_again_changes_nothing_and_keeps_the_password(monkeypatch) -> None:
    monkeypatch.setenv("TOKDESK_ADMIN_PASSWORD", PASSWORD)
    bootstrap()
    monkeypatch.setenv("TOKDESK_ADMIN_PASSWORD", "another password altogether")

    outcome = bootstrap("--json")

    assert outcome.code == 0
    assert outcome.json == {
        "result": "already_there",
        "dry_run": False,
        "accounts": 0,
        "name": "Salma Haddad",
        "email": "salma@desk.example",
        "next": "sign in at https://desk.example/admin/",
    }
    assert User.objects.get().check_password(PASSWORD)
    assert PasswordReset.objects.count() == 0


def test_an_account_of_somebody_else_is_not_raised_to_super_admin() -> None:
    make_user("salma@desk.example")

    outcome = bootstrap()

    assert outcome.code == 1
    assert "not a SuperAdmin" in outcome.err
    assert not User.objects.get().is_super_admin


def test_a_deactivated_super_admin_stays_so() -> None:
    make_user("salma@desk.example", is_super_admin=True, is_active=False)

    outcome = bootstrap()

    assert outcome.code == 1
    assert "deactivated" in outcome.err
    assert not User.objects.get().is_active


def test_one_more_super_admin_needs_a_yes(staff: User) -> None:
    refused = bootstrap()

    assert refused.code == 2
    assert "--yes" in refused.err
    assert User.objects.count() == 1

    assert bootstrap("--no-input").code == 0
    assert User.objects.filter(is_super_admin=True).count() == 2


def test_a_dry_run_counts_and_makes_nobody() -> None:
    outcome = bootstrap("--dry-run", "--json")

    assert outcome.code == 0
    assert (outcome.json["result"], outcome.json["accounts"]) == ("would_create", 1)
    assert outcome.json["dry_run"] is True
    assert User.objects.count() == 0
    assert Event.objects.count() == 0
