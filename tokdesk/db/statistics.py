"""What a planner knows of how many rows there are."""

from django.db import connection


def count_rows() -> None:
    """Let SQLite see how much it holds: until then it takes a company's rows for few, and reads
    all of them to find ten by their keys. The other databases count by themselves.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # A sample of each index is enough, and takes milliseconds.
            cursor.execute("PRAGMA analysis_limit=400")
            cursor.execute("ANALYZE")
