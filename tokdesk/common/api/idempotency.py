"""Idempotency-Key: the same POST sent twice has one effect and the same answer.

The key's row is inserted first in the transaction of the service, so the effect and the memory of
it commit together or not at all; the unique key decides between parallel senders.
"""

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from tokdesk.common.actor import Actor
from tokdesk.common.db import is_lock_timeout, opening, try_insert
from tokdesk.common.errors import Conflict, Invalid
from tokdesk.common.ids import new_id
from tokdesk.common.models import IdempotencyKey

logger = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
REPLAY_HEADER = "Idempotent-Replay"
KEY_PATTERN = r"[\x21-\x7e]{1,128}"
KEY_FORM = re.compile(rf"{KEY_PATTERN}\Z")
LIFETIME = timedelta(hours=24)
ROUNDS = 3


class InProgress(Conflict):
    """The first sender holds the key and has not committed yet."""

    default_code = "idempotency_in_progress"
    default_detail = _("The same request is still being worked on. Ask again in a moment.")
    retry_after = 1


class KeyTaken(Exception):
    """Ends the service's transaction before it did anything: somebody else has the key."""


@dataclass
class Attempt:
    """One sender's try, as the hook of the service's transaction (see `db.opening`)."""

    scope_hash: str
    body_hash: str
    status: int
    row_id: UUID | None = None

    def begin(self) -> None:
        """Raises KeyTaken, or InProgress when the holder of the key does not finish in time."""
        row = IdempotencyKey(
            id=new_id(),
            scope_hash=self.scope_hash,
            body_hash=self.body_hash,
            status=self.status,
            expires_at=timezone.now() + LIFETIME,
        )
        if not _insert(row):
            raise KeyTaken
        self.row_id = row.id

    def finish(self, result: Any) -> None:
        """Remember which object the service made."""
        made = getattr(result, "pk", None)
        if isinstance(made, UUID):
            rows = IdempotencyKey.objects.filter(scope_hash=self.scope_hash)
            rows.update(object_id=made)


def key_of(request: Request) -> str | None:
    """Raises Invalid when the header is there and is no key."""
    key = request.headers.get(HEADER)
    if key is not None and not KEY_FORM.match(key):
        raise Invalid(
            "invalid_idempotency_key",
            _("An idempotency key has 1 to 128 visible ASCII characters."),
        )
    return key


def attempt_of(actor: Actor, request: Request, key: str, status: int) -> Attempt:
    """Whose key it is decides its meaning: company, principal, method and path stand beside it."""
    scope = [str(actor.company_id), actor.principal, request.method or "", request.path, key]
    body = "\n".join([request.method or "", request.path, ""]).encode() + request.body
    return Attempt(
        scope_hash=hashlib.sha256("\n".join(scope).encode()).hexdigest(),
        # Keyed, since a body may hold a password that is easy to guess.
        body_hash=salted_hmac("tokdesk.idempotency", body, algorithm="sha256").hexdigest(),
        status=status,
    )


def once(
    attempt: Attempt, work: Callable[[], Any], replay: Callable[[UUID | None], Response]
) -> Any:
    """Run `work` unless its key is spent; then render again what the first one made.

    Raises:
        Conflict: `idempotency_key_reused` for another body, `idempotency_in_progress` while the
            first sender is not done.
    """
    for _round in range(ROUNDS):
        row = _living(attempt)
        if row is not None:
            return _replay(row, attempt, replay)
        try:
            with opening(attempt):
                return _noted(attempt, work())
        except KeyTaken:
            continue
    raise InProgress


def _living(attempt: Attempt) -> IdempotencyKey | None:
    """The row that holds the key now; an expired one makes room."""
    row = IdempotencyKey.objects.filter(scope_hash=attempt.scope_hash).first()
    if row is None or row.expires_at > timezone.now():
        return row
    IdempotencyKey.objects.filter(pk=row.pk, expires_at=row.expires_at).delete()
    return None


def _replay(
    row: IdempotencyKey, attempt: Attempt, replay: Callable[[UUID | None], Response]
) -> Response:
    if not constant_time_compare(row.body_hash, attempt.body_hash):
        raise Conflict(
            "idempotency_key_reused", _("This key was used for another request already.")
        )
    response = replay(row.object_id)
    response.status_code = row.status
    response[REPLAY_HEADER] = "true"
    return response


def _insert(row: IdempotencyKey) -> bool:
    try:
        return try_insert(row)
    except OperationalError as error:
        if is_lock_timeout(error):
            raise InProgress from error
        raise


def _noted(attempt: Attempt, response: Any) -> Any:
    if attempt.row_id is None:
        logger.error("an operation took an idempotency key and opened no transaction")
    return response
