"""What the server is asked, and how it goes about it."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet


def pipeline_of(rows: QuerySet[Any]) -> list[str]:
    """The names of its stages."""
    compiler = rows.query.get_compiler(connection=connection)
    compiler.pre_sql_setup()
    return [next(iter(stage)) for stage in compiler.build_query(compiler.columns).get_pipeline()]


def plan_of(rows: QuerySet[Any]) -> str:
    return str(rows.explain())
