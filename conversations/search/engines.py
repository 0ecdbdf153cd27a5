"""How each database finds the entries with a word: its own full text, or plain comparison.

All of them read words that text.py has folded, so what is found is the same everywhere.
"""

from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.models import BooleanField, F, Func, Q, Value

from conversations.search.text import Term

# What migration 0003 makes: a column that PostgreSQL fills, a table that SQLite's triggers fill.
TOKENS_COLUMN = "tokens"
FTS5_TABLE = "conversations_search"


class InTokens(Func):
    """PostgreSQL: its text search over words as they are, without a language's stems."""

    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        key: Any = self.source_expressions[0]
        query, values = compiler.compile(self.source_expressions[1])
        table = compiler.quote_name_unless_alias(key.alias)
        return f"({table}.{TOKENS_COLUMN} @@ {query}::tsquery)", [*values]


class InFts5(Func):
    """SQLite: the rows of its own table of words."""

    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        (key, _), (query, values) = [compiler.compile(each) for each in self.source_expressions]
        table = FTS5_TABLE
        found = f"SELECT rowid FROM {table} WHERE {table} MATCH {query}"  # noqa: S608  # our names
        return f"({key} IN ({found}))", [*values]


def by_tsvector(rows: Any, term: Term) -> Any:
    """Company and word in one question, as the index holds them."""
    query = f"'{term.word}'" + (":*" if term.is_prefix else "")
    if rows.scope_company is not None:
        query = f"'@{rows.scope_company}' & {query}"
    return rows.filter(InTokens(F("pk"), Value(query)))


def by_fts5(rows: Any, term: Term) -> Any:
    query = f'"{term.word}"' + (" *" if term.is_prefix else "")
    return rows.filter(InFts5(F("pk"), Value(query)))


def by_comparison(rows: Any, term: Term) -> Any:
    """For every other engine: it reads each entry of the company, so it is right and slow."""
    word = term.word
    if term.is_prefix:
        return rows.filter(Q(text__startswith=word) | Q(text__contains=f" {word}"))
    ends = Q(text=word) | Q(text__startswith=f"{word} ") | Q(text__endswith=f" {word}")
    return rows.filter(ends | Q(text__contains=f" {word} "))


ENGINES: dict[str, Callable[[Any, Term], Any]] = {
    "postgresql": by_tsvector,
    "sqlite": by_fts5,
}


def with_word(rows: Any, term: Term) -> Any:
    """Those of these entries that have the word, or one that it begins."""
    engine = ENGINES.get(connections[rows.db].vendor, by_comparison)
    return engine(rows, term)
