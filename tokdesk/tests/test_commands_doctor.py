"""manage.py doctor"""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from tokdesk.checkup.round import LOOKS, verdict_of
from tokdesk.checkup.verdicts import State, Verdict, failure, good, warning
from tokdesk.common.models import Event
from tokdesk.tests.commands import Outcome, run_command
from tokdesk.tests.test_commands_shared import manage

pytestmark = pytest.mark.django_db

NAMES = [
    "python",
    "settings",
    "database",
    "durability",
    "migrations",
    "clock",
    "jobs",
    "redis",
    "cache",
    "layer",
    "data folder",
    "mail",
    "static files",
    "translations",
]
WEAKNESSES = {
    "sqlite": {
        "synchronous is 0": "PRAGMA synchronous = OFF",
        "foreign_keys is off": "PRAGMA foreign_keys = OFF",
    },
    "postgresql": {"synchronous_commit": "SET synchronous_commit = off"},
}
SMTP = "django.core.mail.backends.smtp.EmailBackend"
FILES = "tokdesk.integrations.mailfile.EmlFileBackend"


def look(name: str) -> Verdict:
    return verdict_of(LOOKS[name])


def states(outcome: Outcome) -> dict[str, str]:
    return {check["name"]: check["state"] for check in outcome.json["checks"]}


@pytest.mark.contract
def test_the_report_names_every_part_with_its_state_and_remedy() -> None:
    outcome = run_command("doctor", "--json")

    report = outcome.json
    assert sorted(report) == ["checks", "counts", "dry_run", "next", "ok"]
    assert [check["name"] for check in report["checks"]] == NAMES
    assert sum(report["counts"].values()) == len(NAMES)
    assert report["ok"] == (report["counts"]["fail"] == 0) == (outcome.code == 0)
    for check in report["checks"]:
        assert sorted(check) == ["detail", "name", "remedy", "state"]
        assert bool(check["remedy"]) == (check["state"] != "ok")


@pytest.mark.contract
def test_the_parts_of_this_test_are_well() -> None:
    report = states(run_command("doctor", "--json"))

    for name in ("python", "database", "migrations", "clock", "redis", "cache", "data folder"):
        assert report[name] == "ok", name


def test_people_get_a_line_a_part_and_what_to_do_next() -> None:
    lines = run_command("doctor").out.splitlines()

    assert lines[0].startswith("ok    python        3.")
    assert lines[-1].startswith("Next: ")


@pytest.mark.contract
def test_a_waiting_migration_fails_and_the_rows_are_not_asked() -> None:
    MigrationRecorder(connection).record_unapplied("departments", "0001_initial")

    outcome = run_command("doctor", "--json")

    checks = {check["name"]: check for check in outcome.json["checks"]}
    assert outcome.code == 1
    assert outcome.json["ok"] is False
    assert checks["migrations"]["state"] == "fail"
    assert checks["migrations"]["remedy"] == "Run manage.py migrate."
    assert checks["clock"]["detail"] == "unknown while migrations fails"


def test_a_database_newer_than_the_code_warns() -> None:
    MigrationRecorder(connection).record_applied("companies", "9999_of_tomorrow")

    assert look("migrations").state is State.WARN


@pytest.mark.contract
def test_a_row_from_the_future_means_a_wrong_clock() -> None:
    later = timezone.now() + timedelta(hours=1)
    Event.objects.create(stream="test", type="test", actor_kind="system", at=later)

    assert look("clock").state is State.FAIL


@pytest.mark.django_db(transaction=True)
@pytest.mark.contract
def test_a_weakness_that_could_lose_rows_fails() -> None:
    for weakness, words in WEAKNESSES[connection.vendor].items():
        with connection.cursor() as cursor:
            cursor.execute(words)

        verdict = look("durability")
        connection.close()

        assert verdict.state is State.FAIL
        assert weakness in verdict.detail


def test_a_database_that_does_not_answer_is_told_once(tmp_path: Path) -> None:
    url = "postgresql://desk:secret-word@127.0.0.1:9/desk"

    result = manage(tmp_path, "doctor", "--json", DATABASE_URL=url)

    outcome = Outcome(result.returncode, result.stdout, result.stderr)
    report = states(outcome)
    assert outcome.code == 1
    for name in ("database", "durability", "migrations", "clock"):
        assert report[name] == "fail"
    assert "secret-word" not in outcome.out + outcome.err


def test_the_settings_of_development_warn(settings) -> None:
    verdict = look("settings")

    assert verdict.state is State.WARN
    assert "demo people are allowed" in verdict.detail


def test_the_settings_of_production_are_good_or_fail(settings) -> None:
    settings.DEMO_ENABLED = False
    settings.SECRET_KEY = "x" * 50
    settings.RATE_LIMITS_ENABLED = True
    assert look("settings").state is State.OK

    settings.ALLOWED_HOSTS = ["*"]
    verdict = look("settings")
    assert verdict.state is State.FAIL
    assert "any host is allowed" in verdict.detail


def test_a_redis_that_does_not_answer_fails_without_telling_its_password(settings) -> None:
    settings.REDIS_URL = "redis://:secret-word@127.0.0.1:9/0"

    outcome = run_command("doctor", "--json")

    assert outcome.code == 1
    assert states(outcome)["redis"] == "fail"
    assert "127.0.0.1:9" in outcome.out
    assert "secret-word" not in outcome.out + outcome.err


@pytest.mark.service
def test_a_redis_that_answers_is_good_and_tells_its_version(settings, redis_url: str) -> None:
    settings.REDIS_URL = redis_url

    verdict = look("redis")

    assert verdict.state is State.OK
    assert verdict.detail.startswith(("Redis ", "Valkey "))


def test_a_layer_that_does_not_answer_fails_without_telling_its_password(settings) -> None:
    settings.LAYER_URL = "redis://:secret-word@127.0.0.1:9/0"

    assert look("layer") == failure(
        "127.0.0.1:9 passes no hints on (ConnectionError)",
        "Start Redis or Valkey, or correct TOKDESK_LAYER_URL.",
    )


@pytest.mark.service
def test_a_layer_is_good_where_a_hint_is_heard(settings, redis_url: str) -> None:
    settings.LAYER_URL = redis_url

    verdict = look("layer")

    assert verdict.state is State.OK
    assert verdict.detail.startswith("hints are heard at ")


def test_production_without_a_layer_is_told_what_that_costs(settings) -> None:
    settings.LAYER_URL, settings.DEMO_ENABLED = "", False

    assert look("layer") == warning(
        "none: sockets hear of other processes seconds late", "Set REDIS_URL."
    )


def test_a_cache_that_keeps_nothing_fails(settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert look("cache").state is State.FAIL


def test_a_data_folder_that_cannot_be_written_fails(settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file" / "data"

    assert look("data folder").state is State.FAIL


def test_the_data_folder_is_left_as_it_was(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path

    assert look("data folder").state is State.OK
    assert list(tmp_path.iterdir()) == []


def test_mail_into_files_is_good_in_development_and_a_warning_elsewhere(settings, tmp_path) -> None:
    settings.EMAIL_BACKEND = FILES
    settings.MAIL_DIR = tmp_path / "mail"
    assert look("mail").state is State.OK

    settings.DEMO_ENABLED = False
    assert look("mail").state is State.WARN


class MailServer(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 hello\r\n")
        while line := self.rfile.readline():
            self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")


@contextmanager
def listening() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_mail_server_that_answers_is_good(settings) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP, "127.0.0.1"

    with listening() as settings.EMAIL_PORT:
        verdict = look("mail")

    assert verdict == good(f"SMTP at 127.0.0.1:{settings.EMAIL_PORT}")


def test_a_mail_server_that_does_not_answer_fails(settings) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP, "127.0.0.1"
    settings.EMAIL_PORT = 9

    assert look("mail").state is State.FAIL


def test_static_files_that_were_never_collected_fail_in_production(settings, tmp_path) -> None:
    settings.DEMO_ENABLED = False
    settings.STATIC_ROOT = tmp_path
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}

    verdict = look("static files")

    assert verdict.state is State.FAIL
    assert verdict.remedy == "Run manage.py collectstatic --no-input."


def test_a_language_that_is_not_compiled_fails(settings, tmp_path) -> None:
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, compiled = folder / "django.po", folder / "django.mo"
    source.touch()
    settings.LOCALE_PATHS = [tmp_path]
    assert look("translations") == failure(
        "not compiled: ar/django", "Run manage.py compilemessages."
    )

    compiled.touch()
    assert look("translations") == good("1 catalogs are compiled")


def test_a_look_that_breaks_is_a_failure_of_its_part_without_secrets() -> None:
    def broken() -> Verdict:
        raise RuntimeError("no such thing at redis://me:secret-word@host\nand a second line")

    verdict = verdict_of(broken)

    assert verdict.state is State.FAIL
    assert verdict.detail == "RuntimeError: no such thing at redis://me:[hidden]@host"


def test_a_dry_run_only_names_the_parts() -> None:
    outcome = run_command("doctor", "--dry-run", "--json")

    assert outcome.code == 0
    assert outcome.json["checks"] == NAMES
