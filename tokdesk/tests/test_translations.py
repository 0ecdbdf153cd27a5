"""The catalogues are complete, true to the source and compiled as they stand; answers use them."""

import re
import shutil
import subprocess
import sys
import unicodedata
from ast import literal_eval
from collections import Counter
from dataclasses import dataclass
from gettext import GNUTranslations
from os import environ
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from accounts.models import User
from conftest import World
from notifications.tests.mailbox import delivered, html_of
from tokdesk.common.errors import RateLimited
from tokdesk.common.testing import ApiClient
from tokdesk.staff.forms import too_many

LANGUAGES = ["ar", "en"]
NOT_OURS = [".venv", "node_modules", "bench", "static", "tests"]
EXTRACT = ["manage.py", "makemessages", "-l", "ar", "-l", "en", "--no-location", "--no-obsolete"]
COMMAND = " ".join(EXTRACT + [f"-i {name}" for name in NOT_OURS])
# What reads the same in Arabic.
NAMES = ["Redis"]

STRING = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?(".*")')
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-zA-Z]")


@dataclass(frozen=True)
class Entry:
    """`key` is the msgid as a compiled catalogue knows it: behind its context, where it has one."""

    key: str
    plural: str
    forms: tuple[str, ...]
    is_fuzzy: bool

    @property
    def is_compiled(self) -> bool:
        return any(self.forms) and not self.is_fuzzy


def read(language: str, root: Path = settings.BASE_DIR) -> list[Entry]:
    """The entries of a catalogue's source; the first is its header, under the key ""."""
    blocks = path_of(language, "po", root).read_text(encoding="utf-8").split("\n\n")
    return [entry_of(block) for block in blocks if "\nmsgid " in f"\n{block}"]


def sentences(language: str, root: Path = settings.BASE_DIR) -> list[Entry]:
    return read(language, root)[1:]


def path_of(language: str, suffix: str, root: Path) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / f"django.{suffix}"


def entry_of(block: str) -> Entry:
    name, parts = "", {}
    for line in block.splitlines():
        if match := STRING.fullmatch(line):
            name = match[1] or name
            parts[name] = parts.get(name, "") + literal_eval(match[2])
    context = f"{parts['msgctxt']}\x04" if "msgctxt" in parts else ""
    return Entry(
        key=context + parts["msgid"],
        plural=parts.get("msgid_plural", ""),
        forms=tuple(text for name, text in parts.items() if name.startswith("msgstr")),
        is_fuzzy=re.search("^#,.* fuzzy", block, re.MULTILINE) is not None,
    )


def compiled(language: str) -> GNUTranslations:
    with path_of(language, "mo", settings.BASE_DIR).open("rb") as file:
        return GNUTranslations(file)


def without_date(header: str) -> list[str]:
    """Some versions of msgfmt leave this line out, so that compiling twice gives the same file."""
    return [line for line in header.splitlines() if not line.startswith("POT-Creation-Date:")]


def starts_in_arabic(text: str) -> bool:
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in kinds if kind in {"L", "R", "AL"}), "") == "AL"


def test_every_sentence_is_translated() -> None:
    entries = sentences("ar")

    assert entries
    assert [entry.key for entry in entries if entry.is_fuzzy or not all(entry.forms)] == []
    assert [each.key for each in entries if len(each.forms) != (6 if each.plural else 1)] == []


def test_every_english_plural_is_filled() -> None:
    """Without its forms, Django would ask its own catalogue and find nothing to count with."""
    counting = [entry for entry in sentences("en") if entry.plural]

    assert counting
    assert [each.key for each in counting if each.forms != (each.key, each.plural)] == []


def test_translations_begin_in_arabic() -> None:
    """A mail takes its direction from the first letter; a name in front would turn the line."""
    turned = []
    for entry in sentences("ar"):
        # What a plural fills in is a number, which has no direction of its own.
        texts = [PLACEHOLDER.sub("", form) if entry.plural else form for form in entry.forms]
        turned += [entry.key for text in texts if not starts_in_arabic(text)]

    assert turned == NAMES


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_every_placeholder(language: str) -> None:
    """A form that one number alone uses may say it in words, as Arabic does for one and two."""
    numbers = Counter(map(compiled(language).plural, range(1000)))

    for entry in sentences(language):
        wanted = Counter(PLACEHOLDER.findall(entry.plural or entry.key))
        for place, form in enumerate(entry.forms if entry.is_compiled else ()):
            found = Counter(PLACEHOLDER.findall(form))
            may_leave_out = entry.plural and numbers[place] == 1
            assert found <= wanted if may_leave_out else found == wanted, (entry.key, form)


def test_both_languages_know_the_same_sentences() -> None:
    arabic, english = (
        [(entry.key, entry.plural) for entry in sentences(language)] for language in LANGUAGES
    )

    assert sorted(arabic) == sorted(english)
    assert len(set(arabic)) == len(arabic)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_source(language: str) -> None:
    header, *entries = read(language)
    wanted = {
        (entry.key, place) if entry.plural else entry.key: form
        for entry in entries
        if entry.is_compiled
        for place, form in enumerate(entry.forms)
    }

    found = dict(compiled(language)._catalog)  # there is no public way to list it

    assert without_date(found.pop("")) == without_date(header.forms[0])
    assert found == wanted, "run manage.py compilemessages"


@pytest.mark.service
def test_every_sentence_of_the_source_is_in_the_catalogues(tmp_path: Path) -> None:
    assert shutil.which("xgettext"), "xgettext is missing: apt-get install gettext"
    copy = tmp_path / "source"
    left_out = shutil.ignore_patterns(".*", "var", "__pycache__", *NOT_OURS)
    shutil.copytree(settings.BASE_DIR, copy, ignore=left_out)

    subprocess.run(
        [sys.executable, *EXTRACT],
        cwd=copy,
        env={**environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        check=True,
    )

    for language in LANGUAGES:
        wanted = {(entry.key, entry.plural) for entry in sentences(language, copy)}
        assert {(entry.key, entry.plural) for entry in sentences(language)} == wanted, COMMAND


@pytest.mark.django_db
def test_a_page_reads_from_right_to_left() -> None:
    url = f"/accounts/reset/?token={'x' * 43}"

    page = Client().get(url, headers={"Accept-Language": "ar"}).content.decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert "<title>تعيين كلمة مرور جديدة · TokDesk</title>" in page


@pytest.mark.django_db
def test_a_problem_is_told_in_arabic_and_its_codes_are_not() -> None:
    body = ApiClient().get("me/", Accept_Language="ar").json()

    assert (body["title"], body["detail"]) == (
        "دون تسجيل الدخول",
        "يُرجى تسجيل الدخول للقيام بذلك.",
    )
    assert (body["type"], body["code"]) == (
        "urn:tokdesk:problem:not_authenticated",
        "not_authenticated",
    )


@pytest.mark.django_db
def test_a_fault_of_a_field_is_told_in_arabic() -> None:
    login = {"email": "agent@acme.example", "password": "wrong", "nickname": "Ali"}

    body = ApiClient().post("auth/login/", login, Accept_Language="ar").json()

    assert body["errors"] == {
        "nickname": [{"code": "unknown_field", "detail": "هذا الحقل غير معروف هنا."}]
    }


def test_a_mail_is_written_in_its_readers_language(acme: World) -> None:
    User.objects.filter(pk=acme.agent.user_id).update(language="ar")

    with delivered() as mails:
        ApiClient().post("auth/password/forgot/", {"email": "agent@acme.example"})

    [mail] = mails
    assert mail.subject == "تعيين كلمة مرور جديدة"
    assert mail.body.startswith("وصلنا طلب كلمة مرور جديدة لهذا البريد الإلكتروني.")
    assert '<html lang="ar" dir="rtl">' in html_of(mail)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "دقيقة واحدة"),
        (2, "دقيقتين"),
        (3, "3 دقائق"),
        (11, "11 دقيقة"),
        (100, "100 دقيقة"),
        (103, "103 دقائق"),
    ],
)
def test_arabic_counts_in_its_six_forms(minutes: int, words: str) -> None:
    with translation.override("ar"):
        [text] = too_many(RateLimited(minutes * 60)).messages

    assert text == f"محاولات كثيرة. يُرجى إعادة المحاولة بعد {words}."
