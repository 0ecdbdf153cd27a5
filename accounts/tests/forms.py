"""Bodies of the public forms, and the mailed tokens they lead to."""

from typing import Any

from notifications.tests.mailbox import delivered, token_in
from tokdesk.common.testing import ApiClient

GOOD_PASSWORD = "correct-horse-battery"


def sign_up_form(slug: str = "initech", **changes: Any) -> dict[str, Any]:
    admin = {"name": "Bill Lumbergh", "email": f"bill@{slug}.example", "password": GOOD_PASSWORD}
    return {
        "name": slug.title(),
        "slug": slug,
        "admin": {**admin, **changes.pop("admin", {})},
        **changes,
    }


def register_form(company: str = "acme", **changes: Any) -> dict[str, Any]:
    person = {"name": "Carla", "email": "carla@home.example", "password": GOOD_PASSWORD}
    return {"company": company, **person, **changes}


def founder_token(slug: str = "initech", **changes: Any) -> str:
    """Sign up a company; what the mail to its founder carries."""
    return _mailed("companies/", sign_up_form(slug, **changes), 201)


def customer_token(company: str = "acme", **changes: Any) -> str:
    return _mailed("auth/register/", register_form(company, **changes), 202)


def reset_token(email: str) -> str:
    return _mailed("auth/password/forgot/", {"email": email}, 202)


def _mailed(path: str, body: dict[str, Any], status: int) -> str:
    with delivered() as mails:
        response = ApiClient().post(path, body)
    assert response.status_code == status, response.content
    assert len(mails) == 1
    return token_in(mails[0])
