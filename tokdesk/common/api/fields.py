"""Fields that take one form of a value and say exactly what is wrong with any other."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.core.validators import EmailValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tokdesk.common.names import tidy

UUID_FORM = re.compile(
    r"(?:[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\Z", re.IGNORECASE
)
LONGEST_EMAIL = 254
LONGEST_LOCAL_PART = 64
# Line and paragraph separators, and the overrides that make text read as another text.
TURNING = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters, signs and selectors that are drawn as nothing when they stand alone.
EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))


def parse_uuid(text: Any) -> UUID | None:
    """The id in its plain or its dashed form; None for braces, URNs and everything else."""
    return UUID(text) if isinstance(text, str) and UUID_FORM.match(text) else None


class TextField(serializers.CharField):
    """Text of several lines: NFC, one kind of line end, trimmed, without control characters.

    The length is counted after that, so what is stored is what was counted.
    """

    allowed_controls = "\n\t"

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = unicodedata.normalize("NFC", data.replace("\r\n", "\n").replace("\r", "\n"))
        text = text.strip() if self.trim_whitespace else text
        if any(unicodedata.category(c) == "Cc" and c not in self.allowed_controls for c in text):
            self.fail("invalid")
        if TURNING & set(text):
            self.fail("invalid")
        # Joiners and marks of direction belong to words; alone they look like nothing.
        if text.strip() and not any(_is_drawn(c) for c in text):
            self.fail("blank")
        return text


def _is_drawn(character: str) -> bool:
    if character.isspace() or character in EMPTY or character in SELECTORS:
        return False
    return unicodedata.category(character) != "Cf"


class LineField(TextField):
    """Text of one line: names, subjects."""

    allowed_controls = ""


class NameField(LineField):
    """What a thing is called, tidied before its length is counted."""

    def to_internal_value(self, data: Any) -> str:
        return tidy(super().to_internal_value(data))


class TimeZoneField(LineField):
    """A zone by its IANA name, such as Africa/Cairo."""

    default_error_messages = {"unknown_zone": _("This time zone is not known.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 64, **options})

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in available_timezones() - {"localtime", "Factory", "posixrules"}:
            self.fail("unknown_zone")
        return name


class MailboxValidator(EmailValidator):
    """An address that mail reaches: at a domain, not at a number or at this very machine."""

    def validate_domain_part(self, domain_part: str) -> bool:
        return bool(self.domain_regex.match(domain_part))


class AddressField(LineField):
    """An e-mail address, case-folded before its length is counted: folding may lengthen it."""

    default_error_messages = {"invalid": _("Enter a valid e-mail address.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_EMAIL, **options})
        message = self.error_messages["invalid"]
        self.validators.append(MailboxValidator(message=message, allowlist=[]))

    def to_internal_value(self, data: Any) -> str:
        """The domain in ASCII, so that one mailbox is one address however it is written."""
        text = super().to_internal_value(data)
        # Now, not only after folding: the time of IDNA grows with the square of the length.
        if len(text) > LONGEST_EMAIL:
            self.fail("max_length", max_length=LONGEST_EMAIL)
        local, at, domain = text.casefold().rpartition("@")
        if not at:
            # IDNA would make one of its look-alikes, and with it another domain.
            self.fail("invalid")
        if len(local) > LONGEST_LOCAL_PART:
            self.fail("invalid")
        try:
            return f"{local}{at}{domain.encode('idna').decode('ascii').lower()}"
        except UnicodeError:
            self.fail("invalid")


class PasswordField(serializers.CharField):
    """Taken as it was typed: neither trimmed nor changed, and never part of an answer."""

    def __init__(self, **options: Any) -> None:
        limits = {"max_length": 1024, "trim_whitespace": False, "write_only": True}
        super().__init__(**{**limits, "style": {"input_type": "password"}, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class StrictUUIDField(serializers.UUIDField):
    """An id as text, plain or dashed; numbers, braces and URNs are wrong."""

    def to_internal_value(self, data: Any) -> UUID:
        value = parse_uuid(data)
        if value is None:
            self.fail("invalid", value=data)
        return value


class StrictBooleanField(serializers.BooleanField):
    """JSON's true and false, and nothing that only looks like them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictIntegerField(serializers.IntegerField):
    """A JSON number without a fraction; no text, no true. Every engine can store its range."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": -(2**31), "max_value": 2**31 - 1, **options})

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class VisibleField(StrictUUIDField):
    """The id of a row that this actor may see; validated data holds the row.

    Unknown, foreign and invisible ids are told alike.
    """

    default_error_messages = {"does_not_exist": _("There is no such object.")}

    def __init__(self, visible: Callable[[Any], QuerySet[Any]], **options: Any) -> None:
        self.visible = visible
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        row = self.visible(self.context["actor"]).filter(pk=super().to_internal_value(data)).first()
        if row is None:
            self.fail("does_not_exist")
        return row
