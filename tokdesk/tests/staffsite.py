"""A browser of platform staff, and what its pages say."""

from html import unescape
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD
from companies.models import Company

LOGIN = "/admin/login/"
ISOLATES = str.maketrans("", "", "\u2068\u2069")


def sign_in(client: Client, user: User, password: str = PASSWORD, **fields: str) -> Any:
    values = {"username": user.email, "password": password, "next": "/admin/", **fields}
    return client.post(LOGIN, values)


def browser_of(user: User, **options: Any) -> Client:
    """A browser in which this member of staff has signed in by the form."""
    client = Client(**options)
    response = sign_in(client, user)
    assert response.status_code == 302, text_of(response)
    return client


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def move_url(row: Any, name: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def text_of(response: Any) -> str:
    """The page's source with its entities read, and without the marks around names."""
    return unescape(response.content.decode()).translate(ISOLATES)


def said(response: Any) -> list[str]:
    """The messages that the next page will show, each with its level."""
    found = get_messages(response.wsgi_request)
    return [f"{each.level_tag}: {str(each.message).translate(ISOLATES)}" for each in found]


def state_of(company: Company) -> tuple[str, str, bool]:
    now = Company.objects.get(pk=company.pk)
    return now.status, now.status_reason, now.is_deleted


def asks_to_sign_in(response: Any) -> bool:
    return response.status_code == 302 and response["Location"].startswith(f"{LOGIN}?next=")
