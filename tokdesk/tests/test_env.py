import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tokdesk import env

ROOT = Path(__file__).resolve().parents[2]
READERS = {"text", "flag", "number", "choice", "words", "secret", "url", "database"}


def sources() -> Iterator[Path]:
    for folder in ROOT.iterdir():
        if folder.is_dir() and not folder.name.startswith("."):
            for path in folder.rglob("*.py"):
                if not {"tests", "migrations", "node_modules"} & set(path.parts):
                    yield path


def variables_read() -> set[str]:
    return {
        node.args[0].value
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in READERS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
    }


def variables_documented() -> set[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#([A-Z][A-Z0-9_]*)=", text, re.MULTILINE))


def test_every_variable_that_is_read_stands_in_the_example_and_no_other() -> None:
    assert variables_documented() == variables_read()


def test_the_example_as_it_is_changes_nothing() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line and not line.startswith("#")] == []


@pytest.mark.parametrize("value", ["abc", "0", "65536", "-1", "8e3", "٨٠٠٠", "80 00"])
def test_wrong_number_is_refused_by_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", value)

    with pytest.raises(ImproperlyConfigured, match=r"^PORT must be a whole number from 1 to 65535"):
        env.number("PORT", 8000, minimum=1, maximum=65535)


@pytest.mark.parametrize(("value", "expected"), [("on", True), ("TRUE", True), ("0", False)])
def test_flag_is_read_in_the_usual_spellings(
    value: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKDESK_RATE_LIMITS", value)

    assert env.flag("TOKDESK_RATE_LIMITS", default=not expected) is expected


def test_wrong_flag_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKDESK_RATE_LIMITS", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="^TOKDESK_RATE_LIMITS must be on or off"):
        env.flag("TOKDESK_RATE_LIMITS", default=True)


def test_unknown_choice_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKDESK_LOG_FORMAT", "xml")

    with pytest.raises(ImproperlyConfigured, match="^TOKDESK_LOG_FORMAT must be one of json, text"):
        env.choice("TOKDESK_LOG_FORMAT", "json", {"json", "text"})


def test_url_of_another_kind_is_refused_without_showing_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "http://user:hunter2@cache.example")

    with pytest.raises(ImproperlyConfigured, match="^REDIS_URL must start with one of") as refusal:
        env.url("REDIS_URL", "", {"redis", "unix"})

    assert "hunter2" not in str(refusal.value)


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")

    assert env.number("PORT", 8000) == 8000


def test_words_are_split_at_commas_and_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKDESK_ALLOWED_HOSTS", " a.example, ,b.example,")

    assert env.words("TOKDESK_ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_secret_comes_from_the_file_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("from-the-file\n")
    monkeypatch.setenv("TOKDESK_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("TOKDESK_SECRET_KEY", "from-the-variable")

    assert env.secret("TOKDESK_SECRET_KEY") == "from-the-file"


def test_secret_file_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKDESK_SECRET_KEY_FILE", str(tmp_path / "missing"))

    with pytest.raises(ImproperlyConfigured, match="^TOKDESK_SECRET_KEY_FILE cannot be read"):
        env.secret("TOKDESK_SECRET_KEY")


def test_database_url_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgres://desk:pa%2Fss@db.example:5433/tokdesk\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))

    settings = env.database("DATABASE_URL", "sqlite:///x")

    assert (settings["HOST"], settings["PORT"], settings["PASSWORD"]) == (
        "db.example",
        5433,
        "pa/ss",
    )


def test_process_wins_over_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nTOKDESK_LOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("PORT", "9002")
    monkeypatch.setenv("TOKDESK_LOG_LEVEL", "")  # so that what the file sets is undone afterwards
    monkeypatch.delenv("TOKDESK_LOG_LEVEL")

    env.load_file(tmp_path / ".env")

    assert env.number("PORT", 8000) == 9002
    assert env.text("TOKDESK_LOG_LEVEL", "INFO") == "DEBUG"
