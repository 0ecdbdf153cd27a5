"""Forgotten, reset and changed passwords."""

import time

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import EndReason
from accounts.doors import reset_by_token_hash, void_registrations
from accounts.events import PasswordChanged, PasswordResetRequested
from accounts.models import PasswordReset, Session, User
from accounts.services.credentials import hash_password
from accounts.services.sessions import end_sessions, live_session
from tokdesk.common.actor import Actor
from tokdesk.common.db import run_in_transaction, transactional
from tokdesk.common.errors import FieldError, Gone, Invalid, NotFound
from tokdesk.common.events import publish
from tokdesk.common.ids import new_id
from tokdesk.common.limits import network_of, refund, spend
from tokdesk.common.tokens import mailed_token, token_hash


def forget_password(*, actor: Actor, email: str) -> None:
    """Mail a link if the address has an account; nothing tells the caller whether it has.

    Raises:
        RateLimited: too many requests by this address or for this account.
    """
    spend("reset_address", network_of(actor.ip))
    spend("reset_account", email.casefold())
    started = time.monotonic()
    user = User.objects.by_email(email).first()
    if user is not None and user.can_sign_in:
        request_reset(actor=actor, user=user)
    # Writing and mailing takes its time for known addresses only; the answer does not show it.
    time.sleep(max(0.0, settings.FORGET_SECONDS - (time.monotonic() - started)))


@transactional
def request_reset(*, actor: Actor, user: User) -> PasswordReset:
    """One more link; using any of them voids the others.

    Asking voids none: strangers may ask, and must not spoil the link that its owner has open.
    """
    now = timezone.now()
    row_id = new_id()
    reset = PasswordReset(
        id=row_id,
        user=user,
        email=user.email,
        token_hash=token_hash(mailed_token("password_reset", row_id)),
        expires_at=now + settings.PASSWORD_RESET_LIFETIME,
    )
    reset.save()
    publish(
        PasswordResetRequested(reset.id), actor=actor, company_id=None, stream=f"user:{user.id}"
    )
    return reset


def reset_password(*, actor: Actor, token: str, password: str) -> None:
    """Set a new password by a mailed token; every session of the person ends.

    Raises:
        NotFound: no such token. Gone: used, void, expired, or the address changed since.
        Invalid: a weak password (the token stays usable).
    """
    spend("token_address", network_of(actor.ip))
    reset = reset_by_token_hash(token_hash(token))
    if reset is None:
        raise NotFound
    if not reset.is_usable(timezone.now()):
        raise Gone
    hashed = hash_password(password, user=reset.user)

    def write() -> None:
        now = timezone.now()
        rows = PasswordReset.objects.filter(pk=reset.pk, used_at__isnull=True, expires_at__gt=now)
        if rows.update(used_at=now) != 1:
            raise Gone
        user = User.objects.fresh(reset.user)
        if user.email != reset.email or not user.can_sign_in:
            raise Gone
        _write_password(actor, user, hashed, by_reset=True, spared=None)

    run_in_transaction(write)


def change_password(*, actor: Actor, user: User, current_password: str, password: str) -> None:
    """Set a new password by the current one; the person's other sessions end.

    Raises:
        Invalid: the current password is wrong (or was replaced meanwhile), or the new one weak.
        RateLimited. Unauthenticated: the session ended meanwhile.
    """
    spend("password_account", str(user.id))
    if not user.check_password(current_password):
        raise _wrong_password()
    refund("password_account", str(user.id))
    hashed = hash_password(password, user=user)

    def write() -> None:
        fresh = User.objects.fresh(user)
        if fresh.password != user.password:
            raise _wrong_password()
        live_session(actor.session_id)
        _write_password(actor, fresh, hashed, by_reset=False, spared=actor)

    run_in_transaction(write)


def _write_password(
    actor: Actor, user: User, hashed: str, *, by_reset: bool, spared: Actor | None
) -> None:
    user.password = hashed
    user.save(update_fields=["password"])
    _void_resets(user)
    void_registrations(user.email)
    sessions = Session.objects.of_person(user.id)
    if spared is not None and spared.session_id is not None:
        sessions = sessions.exclude(pk=spared.session_id)
    end_sessions(actor=actor, sessions=sessions, reason=EndReason.PASSWORD)
    publish(
        PasswordChanged(user.id, by_reset), actor=actor, company_id=None, stream=f"user:{user.id}"
    )


def _wrong_password() -> Invalid:
    fault = FieldError("wrong_password", _("This is not your current password."))
    return Invalid(fields={"current_password": [fault]})


def _void_resets(user: User) -> None:
    rows = PasswordReset.objects.filter(user=user, used_at__isnull=True)
    rows.update(used_at=timezone.now())
