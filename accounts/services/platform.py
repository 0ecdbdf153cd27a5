"""Platform staff: who they are, and what they do to accounts."""

from django.utils.translation import gettext_lazy as _

from accounts.choices import EndReason
from accounts.events import AccountCreated, AccountDeactivated, AccountReactivated
from accounts.models import PasswordReset, Session, User
from accounts.services.credentials import hash_password
from accounts.services.passwords import request_reset
from accounts.services.sessions import end_sessions
from tokdesk.common.actor import Actor
from tokdesk.common.db import run_in_transaction, transactional, try_insert
from tokdesk.common.errors import Conflict
from tokdesk.common.events import Fact, publish
from tokdesk.common.policy import authorize
from tokdesk.common.versions import save_changes


def create_account(
    *, actor: Actor, name: str, email: str, password: str, super_admin: bool = False
) -> User:
    """Make an account for an address that the operator vouches for. For commands only.

    Raises:
        Conflict: `email_taken`. Invalid: a weak password.
    """
    authorize(actor, "platform:accounts")
    user = User(name=name, email=email.casefold(), is_super_admin=super_admin)
    user.password = hash_password(password, user=user)

    def write() -> User:
        if not try_insert(user):
            raise Conflict("email_taken", _("This address has an account already."))
        _announce(actor, user, AccountCreated(user.id, user.is_super_admin))
        return user

    return run_in_transaction(write)


@transactional
def deactivate_account(*, actor: Actor, user: User) -> User:
    """Close an account everywhere at once; its data stays."""
    user = User.objects.fresh(user)
    authorize(actor, "platform:accounts", user)
    if user.id == actor.user_id:
        raise Conflict("own_account", _("You cannot deactivate yourself."))
    if save_changes(user, {"is_active": False}):
        sessions = Session.objects.of_person(user.id)
        end_sessions(actor=actor, sessions=sessions, reason=EndReason.DEACTIVATED)
        _announce(actor, user, AccountDeactivated(user.id))
    return user


@transactional
def reactivate_account(*, actor: Actor, user: User) -> User:
    user = User.objects.fresh(user)
    authorize(actor, "platform:accounts", user)
    if save_changes(user, {"is_active": True}):
        _announce(actor, user, AccountReactivated(user.id))
    return user


@transactional
def end_account_sessions(*, actor: Actor, user: User) -> int:
    """Sign somebody out everywhere and return on how many devices; the account stays open."""
    authorize(actor, "platform:accounts", user)
    sessions = Session.objects.of_person(user.id)
    return end_sessions(actor=actor, sessions=sessions, reason=EndReason.STAFF)


@transactional
def end_account_session(*, actor: Actor, session: Session) -> int:
    """Sign one device out; 0 when it was out already."""
    authorize(actor, "platform:accounts", session)
    sessions = Session.objects.filter(pk=session.pk)
    return end_sessions(actor=actor, sessions=sessions, reason=EndReason.STAFF)


@transactional
def send_password_reset(*, actor: Actor, user: User) -> PasswordReset:
    """Mail somebody a link to a new password; the present one works until it is used.

    Raises:
        Conflict: `account_deactivated`, whose link would open nothing.
    """
    user = User.objects.fresh(user)
    authorize(actor, "platform:accounts", user)
    if not user.can_sign_in:
        raise Conflict("account_deactivated", _("This account is deactivated."))
    return request_reset(actor=actor, user=user)


def _announce(actor: Actor, user: User, fact: Fact) -> None:
    publish(fact, actor=actor, company_id=None, stream=f"user:{user.id}")
