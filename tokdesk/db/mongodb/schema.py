"""Collections and their indexes: those of unique fields can be used to look something up."""

from datetime import datetime
from typing import Any

from bson import ObjectId
from django.db import models
from django_mongodb_backend.schema import DatabaseSchemaEditor as Official
from pymongo.operations import IndexModel

# Of each type the value below which no other lies; nulls are below all of them.
LEAST: dict[str, Any] = {
    "binData": b"",
    "bool": False,
    "date": datetime.min,  # noqa: DTZ901  # as all that MongoDB keeps, without a zone
    "decimal": float("-inf"),
    "double": float("-inf"),
    "long": float("-inf"),
    "objectId": ObjectId("0" * 24),
    "string": "",
}


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
        self.get_collection(table).create_indexes([usable(made, fields, self.connection)])

    def _field_should_be_indexed(self, model: type[models.Model], field: Any) -> bool:
        # A key that links to a parent would be an index beside that of `_id`.
        return field.column != "_id" and super()._field_should_be_indexed(model, field)


def usable(made: IndexModel, fields: list[Any], connection: Any) -> IndexModel:
    """Nulls are let through by a range, which the planner can tell every look-up to lie within."""
    document = dict(made.document)
    condition = dict(document.pop("partialFilterExpression", {}))
    for field in fields:
        of_column = {k: v for k, v in condition.pop(field.column, {}).items() if k != "$type"}
        if field.null:
            of_column["$gte"] = LEAST[field.db_type(connection)]
        if of_column:
            condition[field.column] = of_column
    if condition:
        document["partialFilterExpression"] = condition
    keys = document.pop("key")
    return IndexModel(list(keys.items()), **document)
