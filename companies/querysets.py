"""Reads of companies. A company is the tenant itself, so these are not scoped but narrowed."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from companies.choices import Status
from tokdesk.common.actor import Actor
from tokdesk.common.querysets import BaseQuerySet


class CompanyRowQuerySet(BaseQuerySet):
    def living(self) -> Any:
        return self.filter(is_deleted=False)

    def visible_to(self, actor: Actor) -> Any:
        """Platform staff see every living company, a member only the own one."""
        if actor.is_platform:
            return self.living()
        return self.living().filter(pk=actor.company_id)

    def unconfirmed(self) -> Any:
        return self.living().filter(email_confirmed_at__isnull=True)

    def waiting(self) -> Any:
        return self.living().filter(status=Status.PENDING).order_by("created_at", "id")

    def counted_by_status(self) -> dict[str, int]:
        """How many living companies are in each state; a state that none is in is left out."""
        rows = self.living().order_by("status").values("status").annotate(companies=Count("id"))
        return {row["status"]: row["companies"] for row in rows}

    def suspended(self) -> Any:
        rows = self.living().filter(status=Status.SUSPENDED)
        return rows.order_by("status_changed_at", "id")

    def active_by_slug(self, slug: str) -> Any:
        return self.living().filter(slug=slug, status=Status.ACTIVE)


def matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Companies whose name, address or contact holds the text."""
    named = Q(name__icontains=text) | Q(slug__icontains=text)
    return rows.filter(named | Q(email__icontains=text))
