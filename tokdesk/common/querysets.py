"""What every queryset can do."""

from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from tokdesk.common.errors import NotFound


class BaseQuerySet(models.QuerySet[Any]):
    def locked(self) -> Any:
        """These rows, locked until commit where the engine can.

        Not against inserts that refer to them: on PostgreSQL a plain FOR UPDATE makes every new row
        of a company wait for whoever changes the company.
        """
        return self.select_for_update(of=("self",), no_key=True)

    def fresh(self, row: Any) -> Any:
        """The row as the database has it now, locked until commit where the engine can.

        Raises:
            NotFound: it was deleted meanwhile.
        """
        return self.fresh_by_id(row.pk)

    def fresh_by_id(self, pk: UUID) -> Any:
        """The same, of a row that was not read before."""
        # Without an order, which would cost more to write down than one row has.
        for row in self.locked().filter(pk=pk).order_by():
            return row
        raise NotFound

    def soft_delete(self) -> int:
        return self.update(is_deleted=True, deleted_at=timezone.now())
