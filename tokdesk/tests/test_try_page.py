"""`/try/`: the customer's window of the demo, and the way to the agent's."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from companies.tests.factories import make_company

pytestmark = pytest.mark.django_db


def read(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="boot"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert found is not None
    boot: dict[str, Any] = json.loads(found[1])
    return boot


@pytest.mark.parametrize(
    ("company", "language", "customer", "agent"),
    [("acme", "en", "Dana Foster", "Grace Miller"), ("globex", "ar", "هدى سالم", "يوسف خليل")],
)
def test_each_company_has_its_customer_its_agent_and_its_language(
    client: Client, company: str, language: str, customer: str, agent: str
) -> None:
    make_company(company)
    html = client.get("/try/", {"company": company}).content.decode()

    assert f'<html lang="{language}"' in html
    assert customer in html
    assert agent in html
    boot = read(html)
    assert (boot["company"], boot["email"]) == (company, f"customer@{company}.example")
    assert (boot["texts"]["seen"] == "Seen") is (language == "en")
    assert f'value="agent@{company}.example"' in html
    assert 'src="/static/app/' in html


def test_a_company_that_nobody_knows_is_the_first_one(client: Client) -> None:
    make_company("acme")

    assert read(client.get("/try/", {"company": "x' --"}).content.decode())["company"] == "acme"


def test_without_the_demo_it_says_how_to_make_one(client: Client) -> None:
    html = client.get("/try/").content.decode()

    assert "seed_demo" in html
    assert "boot" not in html
    assert not User.objects.exists()


def test_nothing_is_written_there(client: Client) -> None:
    assert client.post("/try/").status_code == 405
