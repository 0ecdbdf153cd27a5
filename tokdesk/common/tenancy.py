"""The one tenant gate: rows that a company owns are read and written only inside its scope."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from uuid import UUID

from django.apps import apps
from django.db import models
from django_scopes import ScopeError, get_scope, scope, scopes_disabled

from tokdesk.common.errors import TenancyError
from tokdesk.common.models.base import BaseModel, SoftDeletable
from tokdesk.common.querysets import BaseQuerySet

__all__ = ["ScopeError", "company_scope", "unscoped"]


@contextmanager
def company_scope(company_id: UUID) -> Iterator[None]:
    """Open one company. Only ever a `with` block: a scope left to chance leaks into what runs next.

    Raises:
        TenancyError: no company is given, or another company's scope is open.
    """
    if not isinstance(company_id, UUID):
        raise TenancyError("a scope needs the id of a company")
    if open_company() not in (None, company_id):
        raise TenancyError("the scope of another company is open")
    with scope(company=company_id):
        yield


@contextmanager
def unscoped() -> Iterator[None]:
    """Look across companies: for the staff site and `check_tenancy` only."""
    with scopes_disabled():
        yield


def open_company() -> UUID | None:
    """The company whose scope is open, or None outside of all scopes and inside `unscoped()`."""
    current = get_scope()
    return current.get("company") if current.get("_enabled", True) else None


def required_company() -> UUID | None:
    """Like `open_company`, but an absent scope is an error; None means `unscoped()`.

    Raises:
        ScopeError: no scope is open.
    """
    if not get_scope().get("_enabled", True):
        return None
    company_id = open_company()
    if company_id is None:
        raise ScopeError("no company scope is open")
    return company_id


class CompanyQuerySet(BaseQuerySet):
    """Refuses what would carry a row over the wall, and to outlive the scope it was built in."""

    # The scope at building time; None for querysets that look across companies.
    scope_company: UUID | None = None

    def update(self, **values: Any) -> int:
        self._require_same_scope()
        if values.keys() & {"company", "company_id"}:
            raise TenancyError("a row never changes its company")
        for row in values.values():
            refuse_foreign(row)
        return super().update(**values)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        if options.get("update_conflicts"):
            raise TenancyError("an upsert could rewrite a row of another company")
        rows = list(objs)
        for row in rows:
            row.guard_company()
        return super().bulk_create(rows, *args, **options)

    def bulk_update(  # type: ignore[override]  # whatever else Django takes is handed on
        self, objs: Iterable[Any], fields: Iterable[str], **options: Any
    ) -> int:
        rows, names = list(objs), list(fields)
        if {"company", "company_id"} & set(names):
            raise TenancyError("a row never changes its company")
        for row in rows:
            row.guard_company()
        return super().bulk_update(rows, names, **options)

    def raw(self, *args: Any, **options: Any) -> Any:
        raise TenancyError("raw SQL knows no scope")

    def delete(self) -> tuple[int, dict[str, int]]:
        self._require_same_scope()
        return super().delete()

    def count(self) -> int:
        self._require_same_scope()
        return super().count()

    def exists(self) -> bool:
        self._require_same_scope()
        return super().exists()

    def aggregate(self, *args: Any, **options: Any) -> dict[str, Any]:
        self._require_same_scope()
        return super().aggregate(*args, **options)

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        self._require_same_scope()
        return super().iterator(chunk_size)

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._require_same_scope()
        super()._fetch_all()

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone.scope_company = self.scope_company
        return clone

    def _require_same_scope(self) -> None:
        if self.scope_company is not None and required_company() not in (None, self.scope_company):
            raise TenancyError("the queryset was built in the scope of another company")


def refuse_foreign(value: Any) -> None:
    """Raises TenancyError for a loaded row of another company than the open one."""
    if isinstance(value, CompanyOwned) and required_company() not in (None, value.company_id):
        raise TenancyError("a row of another company cannot be attached")


class UnscopedManager(models.Manager.from_queryset(CompanyQuerySet)):  # type: ignore[misc]
    """Every company's rows. Importable only where the architecture test allows it."""


class CompanyManager(UnscopedManager):
    """The open company's living rows; without an open scope every query raises ScopeError."""

    def get_queryset(self) -> CompanyQuerySet:
        company_id = required_company()
        rows: CompanyQuerySet = super().get_queryset()
        if company_id is not None:
            rows = rows.filter(company_id=company_id)
            rows.scope_company = company_id
        if issubclass(self.model, SoftDeletable):
            rows = rows.filter(is_deleted=False)
        return rows

    def none(self) -> CompanyQuerySet:
        """An empty queryset that needs no scope: what schema generation may have."""
        empty: CompanyQuerySet = super().get_queryset().none()
        return empty


class CompanyOwned(BaseModel):
    """A row of one company. The company is written once and leads every index."""

    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, related_name="+", editable=False
    )

    _loaded_company_id: UUID | None = None

    objects = CompanyManager()
    unscoped = UnscopedManager()

    class Meta:
        abstract = True
        default_manager_name = "objects"
        # What Django itself uses behind relations: unfiltered, but with the same refusals.
        base_manager_name = "unscoped"

    @classmethod
    def from_db(cls, *args: Any, **options: Any) -> Self:
        row = super().from_db(*args, **options)
        row._loaded_company_id = row.__dict__.get("company_id")
        return row

    def save(self, *args: Any, **options: Any) -> None:
        self.guard_company()
        super().save(*args, **options)
        self._loaded_company_id = self.company_id

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        self.guard_company()
        return super().delete(*args, **options)

    def guard_company(self) -> None:
        """Refuse a row that crosses the wall: wrong scope, moved company, or a foreign relation.

        Raises:
            ScopeError: no scope is open. TenancyError: the row does not fit the open one.
        """
        if self.company_id is None:
            raise TenancyError("a company must own this row")
        if required_company() not in (None, self.company_id):
            raise TenancyError("the row belongs to another company than the open scope")
        if self._stored_company() not in (None, self.company_id):
            raise TenancyError("a row never changes its company")
        for related in self._loaded_relations():
            if related.company_id != self.company_id:
                raise TenancyError("a row of another company cannot be attached")

    def _stored_company(self) -> UUID | None:
        """The company this row has in its table; None while it is new."""
        if self._loaded_company_id is None and not self._state.adding:
            rows = type(self).unscoped.filter(pk=self.pk).values_list("company_id", flat=True)
            self._loaded_company_id = rows.first()
        return self._loaded_company_id

    def _loaded_relations(self) -> Iterator["CompanyOwned"]:
        for field in self._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.is_cached(self):
                related = field.get_cached_value(self)
                if isinstance(related, CompanyOwned):
                    yield related


def owned_models() -> list[type[CompanyOwned]]:
    return [model for model in apps.get_models() if issubclass(model, CompanyOwned)]
