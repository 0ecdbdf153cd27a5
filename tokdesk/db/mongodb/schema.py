"""Collections and their indexes: those of unique fields can be used to look something up."""

from typing import Any

from django.db import models
from django_mongodb_backend.schema import DatabaseSchemaEditor as Official
from pymongo.operations import IndexModel


class DatabaseSchemaEditor(Official):  # type: ignore[misc]
    def add_index(
        self,
        model: type[models.Model],
        index: models.Index,
        *,
        field: Any = None,
        unique: bool = False,
        column_prefix: str = "",
        parent_model: type[models.Model] | None = None,
    ) -> None:
        if not unique:
            super().add_index(
                model, index, field=field, column_prefix=column_prefix, parent_model=parent_model
            )
            return
        made = index.get_pymongo_index_model(  # type: ignore[attr-defined]
            model, schema_editor=self, field=field, unique=True, column_prefix=column_prefix
        )
        fields = [field] if field else [model._meta.get_field(name) for name in index.fields]
        table = (parent_model or model)._meta.db_table
        self.get_collection(table).create_indexes([whole(made, fields)])

    def _field_should_be_indexed(self, model: type[models.Model], field: Any) -> bool:
        # A key that links to a parent would be an index beside that of `_id`.
        return field.column != "_id" and super()._field_should_be_indexed(model, field)


def whole(made: IndexModel, fields: list[Any]) -> IndexModel:
    """Without the filter by type, unless nulls must be let through."""
    document = dict(made.document)
    condition = dict(document.get("partialFilterExpression", {}))
    for field in fields:
        if not field.null:
            of_column = dict(condition.get(field.column, {}))
            of_column.pop("$type", None)
            condition.pop(field.column, None)
            if of_column:
                condition[field.column] = of_column
    document.pop("partialFilterExpression", None)
    if condition:
        document["partialFilterExpression"] = condition
    keys = document.pop("key")
    return IndexModel(list(keys.items()), **document)
