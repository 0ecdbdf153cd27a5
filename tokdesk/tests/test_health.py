"""`/healthz` and `/readyz` answer probes, whatever name they ask by."""

import pytest
from django.db import connections
from django.test import Client

from tokdesk.pages import health

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["testserver", "10.0.0.7", "anything.invalid"])
def test_a_probe_by_any_name_and_without_tls_is_answered(path, host, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = Client().get(path, headers={"Host": host})

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert "no-cache" in answer.headers["Cache-Control"]


def test_ready_names_each_part() -> None:
    assert Client().get("/readyz").json()["parts"] == {"database": "ok", "migrations": "ok"}


def test_a_redis_that_does_not_answer_is_named_and_nothing_else_is_told(settings) -> None:
    settings.REDIS_URL = "redis://:secret-word@127.0.0.1:1/0"

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "down",
        "parts": {"database": "ok", "migrations": "ok", "redis": "down"},
    }
    assert answer.headers["Retry-After"] == "1"
    assert b"secret-word" not in answer.content


def test_waiting_migrations_are_not_ready(monkeypatch) -> None:
    monkeypatch.setattr(health, "_migrated", set())
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts'")

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["parts"]["migrations"]) == (503, "down")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_probe_only_looks(method) -> None:
    assert getattr(Client(), method)("/healthz").status_code == 405
