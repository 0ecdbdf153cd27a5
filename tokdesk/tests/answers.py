"""What an answer says, short enough to be compared in one line."""

from typing import Any


def outcome(response: Any) -> tuple[int, str]:
    """Status and code; an answer that is no problem has the code ""."""
    is_problem = response.headers.get("Content-Type") == "application/problem+json"
    return response.status_code, response.json()["code"] if is_problem else ""


def faults(response: Any) -> dict[str, list[str]]:
    """The codes of what is wrong, by field."""
    errors = response.json().get("errors", {})
    return {name: [each["code"] for each in each_field] for name, each_field in errors.items()}
