"""The errors that services raise; the edges turn them into problems, frames or messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class FieldError:
    """One fault of one input field: a stable code and a sentence for people."""

    code: str
    detail: Any


class TokDeskError(Exception):
    """Something a person asked for cannot be done.

    `code` is stable and documented, `detail` is a translated sentence, `extra` holds facts that
    a client may use (they become members of the problem). `permission` and `obj` tell our own log
    which right was missing and on what (security.py); no answer shows them.
    """

    status: ClassVar[int] = 400
    default_code: ClassVar[str] = "invalid"
    default_detail: ClassVar[Any] = _("The request is not valid.")
    permission: str | None = None
    obj: Any = None

    def __init__(
        self, code: str | None = None, detail: Any = None, *, extra: Mapping[str, Any] | None = None
    ) -> None:
        self.code = code or self.default_code
        self.detail = detail or self.default_detail
        self.extra = dict(extra or {})
        super().__init__(self.code)


class Invalid(TokDeskError):
    """400; `fields` maps a field's name to what is wrong with it."""

    def __init__(
        self,
        code: str | None = None,
        detail: Any = None,
        *,
        fields: Mapping[str, list[FieldError]] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code, detail, extra=extra)
        self.fields = dict(fields or {})


class Unauthenticated(TokDeskError):
    """401: no credential, a dead one, or a wrong password."""

    status = 401
    default_code = "not_authenticated"
    default_detail = _("Sign in to do this.")


class Denied(TokDeskError):
    """403: the thing is visible, the right is missing."""

    status = 403
    default_code = "permission_denied"
    default_detail = _("You do not have the right to do this.")

    def __init__(
        self,
        code: str | None = None,
        detail: Any = None,
        *,
        extra: Mapping[str, Any] | None = None,
        permission: str | None = None,
        obj: Any = None,
    ) -> None:
        super().__init__(code, detail, extra=extra)
        self.permission = permission
        self.obj = obj


class NotFound(TokDeskError):
    """404: unknown, or not visible to this actor; never says which."""

    status = 404
    default_code = "not_found"
    default_detail = _("There is nothing here.")


class Conflict(TokDeskError):
    """409: the state of the thing does not allow it now."""

    status = 409
    default_code = "conflict"
    default_detail = _("The current state does not allow this.")


class Gone(TokDeskError):
    """410: used, expired or revoked."""

    status = 410
    default_code = "gone"
    default_detail = _("This was used already or has expired.")


class RateLimited(TokDeskError):
    """429; `retry_after` is in seconds."""

    status = 429
    default_code = "rate_limited"
    default_detail = _("Too many tries. Please wait a little.")

    def __init__(self, retry_after: int, *, limit: int | None = None) -> None:
        super().__init__()
        self.retry_after = max(1, retry_after)
        self.limit = limit


class Unavailable(TokDeskError):
    """503: a part we need did not answer in time; the same request may succeed later."""

    status = 503
    default_code = "unavailable"
    default_detail = _("This part is busy right now. Please try again.")

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__()
        self.retry_after = retry_after


class TenancyError(RuntimeError):
    """Our own mistake: code tried to cross the wall between two companies."""
