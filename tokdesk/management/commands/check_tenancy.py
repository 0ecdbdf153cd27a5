"""Look for rows that cross the wall between two companies: the proof that no code path did."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F

from accounts.models import Session
from companies.models import Company
from tokdesk.common.commands import FAILED, BaseOperatorCommand, Report
from tokdesk.common.tenancy import CompanyOwned, unscoped

SHOWN = 20
COMPANY = "company_id"


@dataclass(frozen=True)
class Comparison:
    """Two ways from one row to what must be the same thing."""

    model: type[models.Model]
    field: str
    left: str
    right: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    def rows(self) -> models.QuerySet[Any]:
        """Every row that has this relation, deleted ones too."""
        return self.model._base_manager.filter(**{f"{self.field}__isnull": False})

    def mismatches(self) -> models.QuerySet[Any]:
        return self.rows().exclude(**{self.right: F(self.left)}).order_by("pk")


class Command(BaseOperatorCommand):
    help = "Find rows whose company differs from that of a row they refer to; changes nothing."
    examples = "  manage.py check_tenancy\n  manage.py check_tenancy --json"

    def work(self) -> Report:
        with unscoped():
            if self.is_dry_run:
                return self.report_plan()
            return self.report([look(comparison) for comparison in comparisons()])

    def report_plan(self) -> Report:
        plan = {each.name: each.rows().count() for each in comparisons()}
        lines = [f"Would compare {rows} rows by {name}." for name, rows in plan.items()]
        data = {"dry_run": True, "comparisons": len(plan), "rows": sum(plan.values())}
        return Report(lines, data, "run this again without --dry-run.")

    def report(self, findings: list[dict[str, Any]]) -> Report:
        bad = [finding for finding in findings if finding["count"]]
        count = sum(finding["count"] for finding in bad)
        data = {"dry_run": False, "comparisons": len(findings), "rows": count, "mismatches": bad}
        if not bad:
            return Report(
                [f"{len(findings)} relations, no row crosses the wall."], data, "nothing."
            )
        lines = [line for finding in bad for line in lines_of(finding)]
        next_step = "keep a backup, find what wrote these rows, then correct them."
        return Report(lines, data, next_step, exit_code=FAILED)


def comparisons() -> list[Comparison]:
    models_ = apps.get_models(include_auto_created=True)
    found = [each for model in models_ for each in comparisons_of(model)]
    return [*found, Comparison(Session, "member", "user_id", "member__user_id")]


def comparisons_of(model: type[models.Model]) -> Iterator[Comparison]:
    """A row's own company, or that of its first relation, against those of its relations."""
    related = [field.name for field in model._meta.concrete_fields if leads_to(field, CompanyOwned)]
    has_own = any(
        field.name == "company" and leads_to(field, Company)
        for field in model._meta.concrete_fields
    )
    anchor = COMPANY if has_own else None
    for name in related:
        path = f"{name}__{COMPANY}"
        if anchor is not None:
            yield Comparison(model, name, anchor, path)
        anchor = anchor or path


def leads_to(field: Any, model: type[models.Model]) -> bool:
    target = field.related_model
    return isinstance(target, type) and issubclass(target, model)


def look(comparison: Comparison) -> dict[str, Any]:
    mismatches = comparison.mismatches()
    ids = [str(pk) for pk in mismatches.values_list("pk", flat=True)[:SHOWN]]
    count = len(ids) if len(ids) < SHOWN else mismatches.count()
    return {"relation": comparison.name, "count": count, "ids": ids}


def lines_of(finding: dict[str, Any]) -> list[str]:
    more = finding["count"] - len(finding["ids"])
    lines = [
        f"{finding['relation']}: {finding['count']} rows",
        *(f"  {id_}" for id_ in finding["ids"]),
    ]
    return [*lines, f"  and {more} more"] if more else lines
