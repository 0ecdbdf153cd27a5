"""The look-ups that run before a company is known; one function each."""

from datetime import datetime
from uuid import UUID

from invitations.models import Invitation


def invitation_by_token_hash(token_hash: str) -> Invitation | None:
    rows = Invitation.unscoped.filter(token_hash=token_hash)
    found: Invitation | None = rows.select_related("company", "invited_by").first()
    return found


def companies_with_overdue_invitations(now: datetime) -> list[UUID]:
    """For the clock, which then works company by company."""
    rows = Invitation.unscoped.overdue(now).order_by("company_id")
    return list(rows.values_list("company_id", flat=True).distinct())
