"""What is written down of attempts that were refused; once a minute each, however often tried.

Written after the refused work was rolled back, in a transaction of its own. No failure in here
changes the answer.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tokdesk.common.actor import Actor
from tokdesk.common.db import opening, run_in_transaction
from tokdesk.common.errors import TokDeskError
from tokdesk.common.events import Fact, fact, publish
from tokdesk.common.ids import new_id
from tokdesk.common.limits import is_first, network_of
from tokdesk.common.roles import PERMISSIONS

logger = logging.getLogger(__name__)

QUIET_SECONDS = 60
_READS = {"company:list", "company:view", "member:view", "platform:stats"}
# Who is in which company with which role: whoever tries to change that without the right is noted.
WATCHED = frozenset(
    code
    for code in PERMISSIONS
    if code.startswith(("company:", "member:", "platform:")) and code not in _READS
)


@fact("security.denied")
@dataclass(frozen=True)
class SecurityEvent(Fact):
    """Somebody tried what they have no right to; the id is the one they named."""

    permission: str
    object_type: str
    object_id: UUID | None
    ip: str | None


@fact("security.sign_in_refused")
@dataclass(frozen=True)
class SignInRefused(Fact):
    """Somebody did not get into this account: wrong password, or a closed account."""

    user_id: UUID
    ip: str | None


class _Unkept(Exception):
    """Takes back a row that was written only for the time that writing takes."""


def note_denial(actor: Actor, error: TokDeskError, object_id: UUID | None = None) -> None:
    """Write down a refused change of roles, membership or platform; `object_id`: of the path.

    For edges, outside of the transaction that was refused.
    """
    permission = error.permission
    if permission not in WATCHED:
        return
    known_type, known_id = _identity(error.obj)
    event = SecurityEvent(
        permission, known_type or permission.partition(":")[0], known_id or object_id, actor.ip
    )

    def write() -> None:
        if is_first("denied", f"{actor.principal}|{permission}", seconds=QUIET_SECONDS):
            publish(event, actor=actor, company_id=actor.company_id, stream=_stream(actor))

    _guarded(write)


def note_refused_sign_in(actor: Actor, *, email: str, user_id: UUID | None) -> None:
    """Write down a refused sign-in of a known account.

    For an unknown address the same row is written and taken back, which costs one statement more.
    Nothing may listen to this fact, or the time of the answer would tell which it was.
    Must run outside a transaction.
    """
    tried = f"{email}|{network_of(actor.ip)}"

    def write() -> None:
        if is_first("sign_in_refused", tried, seconds=QUIET_SECONDS):
            _publish_refusal(actor, user_id)

    _guarded(write)


def _publish_refusal(actor: Actor, user_id: UUID | None) -> None:
    subject = user_id or new_id()

    def write() -> None:
        event = SignInRefused(subject, actor.ip)
        publish(event, actor=actor, company_id=None, stream=f"user:{subject}")
        if user_id is None:
            raise _Unkept

    try:
        run_in_transaction(write)
    except _Unkept:
        return


def _guarded(write: Callable[[], None]) -> None:
    try:
        # What was opened for the refused work is not used up by the note of it.
        with opening(None):
            run_in_transaction(write)
    except Exception:
        # Whoever was refused is refused, whatever happens to the note of it.
        logger.exception("a refusal could not be written down")


def _identity(obj: Any) -> tuple[str, UUID | None]:
    """Type and id of a stored row; a row that never came to be has no id."""
    meta = getattr(obj, "_meta", None)
    if meta is None:
        return "", None
    is_stored = not obj._state.adding and isinstance(obj.pk, UUID)
    return str(meta.model_name), obj.pk if is_stored else None


def _stream(actor: Actor) -> str:
    if actor.member_id is not None:
        return f"member:{actor.member_id}"
    return f"user:{actor.user_id}" if actor.user_id else f"principal:{actor.kind}"
