"""Signing in, staying in, switching and leaving."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import EndReason, SessionKind
from accounts.doors import (
    enter_membership,
    membership_of,
    memberships_of,
    session_by_id,
    session_to_enter,
    sessions_to_enter,
)
from accounts.events import SessionEnded, SessionStarted, SessionSwitched, TokenReused
from accounts.jwt import RefreshClaims, TokenPair, make_pair, read_refresh
from accounts.models import Membership, Registration, Session, User
from accounts.services.credentials import WrongCredentials, prove
from companies.models import Company
from companies.services import bump_access
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, run_in_transaction, transactional
from tokdesk.common.errors import Denied, FieldError, Invalid, Unauthenticated
from tokdesk.common.events import Fact, publish
from tokdesk.common.ids import new_id


@dataclass(frozen=True)
class SignedIn:
    """A live session, its tokens, and every company the person may switch to."""

    session: Session
    tokens: TokenPair
    memberships: list[Membership]


def sign_in(
    *,
    actor: Actor,
    email: str,
    password: str,
    company: str | None = None,
    kind: str = SessionKind.API,
) -> SignedIn:
    """Check the password and start a session in the named or the last used company.

    Raises:
        Unauthenticated: `invalid_credentials`. RateLimited. Denied: `company_pending`,
        `company_rejected`, `company_suspended` or `membership_deactivated`, with the company.
    """
    proof = prove(actor=actor, email=email, password=password)
    if not isinstance(proof, User):
        raise _waiting(proof, company)
    memberships = memberships_of(proof)
    member = _choose(proof, memberships, company)
    session = start_session(actor=actor, user=proof, member=member, kind=kind)
    # The one entered is the last used from now on; the others keep their order.
    memberships.sort(key=lambda each: member is None or each.id != member.id)
    return SignedIn(session, make_pair(session), memberships)


def sign_in_member(*, actor: Actor, member: Membership) -> SignedIn:
    """Sign in somebody who has just come in by a mailed token, in that company."""
    if member.user is None:
        raise Unauthenticated
    session = start_session(actor=actor, user=member.user, member=member)
    return SignedIn(session, make_pair(session), memberships_of(member.user))


def live_session(session_id: UUID | None) -> Session:
    """Raises Unauthenticated `session_ended` unless session, person, member and company live."""
    return _living(session_by_id(session_id) if session_id else None)


def entered_session(session_id: UUID) -> Session:
    """The same for a request that asks who sends it; all else of the rows is left out.

    Raises:
        Unauthenticated: `session_ended`.
    """
    return _living(session_to_enter(session_id))


def live_sessions(session_ids: Collection[UUID]) -> dict[UUID, Session]:
    """Those of these that are alive now, with account, membership and company; one query."""
    now = timezone.now()
    return {each.pk: each for each in sessions_to_enter(session_ids) if each.is_live(now)}


@transactional
def start_session(
    *, actor: Actor, user: User, member: Membership | None, kind: str = SessionKind.API
) -> Session:
    """Open a session for somebody who has just proven who they are.

    Raises:
        WrongCredentials: the password was changed, or the account closed, since it was proven.
        Denied: the access was withdrawn since.
    """
    fresh = User.objects.fresh(user)
    if not fresh.can_sign_in or fresh.password != user.password:
        raise WrongCredentials
    now = timezone.now()
    if member is not None:
        member = enter_membership(member, now)
        _refuse_closed(member)
    session = Session(
        user=user,
        member=member,
        kind=kind,
        entered_at=now,
        rotated_at=now,
        expires_at=now + settings.SESSION_IDLE_LIFETIME,
        ip=actor.ip,
        user_agent=actor.user_agent,
    )
    session.save()
    _announce(actor, session, SessionStarted(session.id, actor.ip))
    return session


def refresh_session(*, actor: Actor, token: str) -> TokenPair:
    """Spend a refresh token: one winner, and the same successor for its own client for 10 seconds.

    A rotation is no event: it would write one a device every five minutes and tell nobody anything.

    Raises:
        Unauthenticated: `invalid_token`, `session_ended`, or `token_reused`, which ends it.
    """
    claims = read_refresh(token)
    session = run_in_transaction(lambda: _rotate(actor, claims))
    if session is None:
        # Apart, since PostgreSQL leaves the row locked to whoever came too late to change it, and
        # whoever ends a session takes the counter of its company first.
        session = run_in_transaction(lambda: _repeat_or_end(actor, claims))
    if session is None:
        raise Unauthenticated("session_ended", _("This session has ended. Sign in again."))
    if session.ended_at is not None:
        raise Unauthenticated("token_reused", _("This session was ended to keep it safe."))
    return make_pair(session)


@transactional
def switch_company(*, actor: Actor, company: str) -> SignedIn:
    """Carry the session over to another company of the same person; its older tokens are dead.

    Raises:
        Invalid: the person is not in such a company. Denied: as in `sign_in`.
    """
    before = live_session(actor.session_id)
    member = membership_of(before.user, company)
    if member is None:
        fault = FieldError("does_not_exist", _("You are not in a company of this address."))
        raise Invalid(fields={"company": [fault]})
    # Before the session is locked, as whoever ends sessions does.
    if before.member is not None and before.member.company_id != member.company_id:
        bump_access(before.member.company_id)
    session = _locked(actor.session_id)
    if session.member_id != before.member_id:
        raise RetryTransaction
    now = timezone.now()
    session.member = enter_membership(member, now)
    _refuse_closed(session.member)
    session.entered_at = now
    if not _write_rotation(session, now, actor):
        raise RetryTransaction
    # No token of the company that was left repeats anything.
    Session.objects.filter(pk=session.pk).update(previous_refresh_id=None)
    _announce(actor, session, SessionSwitched(session.id))
    return SignedIn(session, make_pair(session), memberships_of(session.user))


@transactional
def end_session(*, actor: Actor, session: Session, reason: str = EndReason.LOGOUT) -> None:
    """Refused everywhere from the next request on. Ending an ended session changes nothing."""
    end_sessions(actor=actor, sessions=Session.objects.filter(pk=session.pk), reason=reason)


@transactional
def end_sessions(*, actor: Actor, sessions: Any, reason: str) -> int:
    """End every live session of the queryset and return how many there were.

    For other services and receivers, which have authorized what leads to it.
    """
    now = timezone.now()
    companies = _count_for(sessions.live(now))
    # Locked, so that of many who end one session at once a single one finds it alive.
    living = sessions.live(now).select_related("member").order_by("pk")
    ended = list(living.locked())
    if not {each.member.company_id for each in ended if each.member} <= companies:
        raise RetryTransaction
    rows = Session.objects.filter(pk__in=[each.pk for each in ended], ended_at__isnull=True)
    rows.update(ended_at=now, end_reason=reason)
    for session in ended:
        _announce(actor, session, SessionEnded(session.id, reason))
    return len(ended)


@transactional
def end_company_sessions(*, company_id: UUID) -> int:
    """Tidy up what a suspension or deletion has made dead already; that fact tells it for all."""
    sessions = Session.objects.of_company(company_id).live(timezone.now())
    ids = list(sessions.values_list("pk", flat=True))
    rows = Session.objects.filter(pk__in=ids)
    ended: int = rows.update(ended_at=timezone.now(), end_reason=EndReason.COMPANY)
    return ended


def _count_for(sessions: Any) -> set[UUID]:
    """Bump the companies that these sessions are in, before a session is locked and in one order.

    Whoever withdraws an access takes the company's counter first and its sessions afterwards.
    """
    within = sessions.filter(member__isnull=False).order_by()
    companies = set(within.values_list("member__company_id", flat=True))
    for company_id in sorted(companies):
        bump_access(company_id)
    return companies


def _living(session: Session | None) -> Session:
    if session is None or not session.is_live(timezone.now()):
        raise Unauthenticated("session_ended", _("This session has ended. Sign in again."))
    return session


def _locked(session_id: UUID | None) -> Session:
    """The live session, which nobody else rotates or ends before this transaction does."""
    Session.objects.locked().filter(pk=session_id).first()
    return live_session(session_id)


def _choose(user: User, memberships: list[Membership], slug: str | None) -> Membership | None:
    if slug is None and user.is_super_admin:
        return None
    fitting = [each for each in memberships if slug in (None, each.company.slug)]
    if not fitting:
        raise WrongCredentials
    open_ones = [each for each in fitting if each.is_active and each.company.is_active]
    member = (open_ones or fitting)[0]
    _refuse_closed(member)
    return member


def _refuse_closed(member: Membership) -> None:
    if not member.company.is_active:
        raise _closed(f"company_{member.company.status}", member.company)
    if not member.is_active:
        raise _closed("membership_deactivated", member.company)


def _waiting(registration: Registration, slug: str | None) -> Exception:
    """What a founder hears who knows the password but has not opened the mail yet."""
    if slug not in (None, registration.company.slug):
        return WrongCredentials()
    return _closed(f"company_{registration.company.status}", registration.company)


_CLOSED = {
    "company_pending": _("This company waits for approval."),
    "company_rejected": _("This company was not approved."),
    "company_suspended": _("This company is suspended."),
    "membership_deactivated": _("Your access to this company was withdrawn."),
}


def _closed(code: str, company: Company) -> Denied:
    facts = {
        "name": company.name,
        "slug": company.slug,
        "status": company.status,
        "reason": company.status_reason,
        "since": company.status_changed_at,
    }
    return Denied(code, _CLOSED[code], extra={"company": facts})


def _rotate(actor: Actor, claims: RefreshClaims) -> Session | None:
    """The session with its new tokens; None where these are not the current ones."""
    now = timezone.now()
    session = _claimed(claims, now)
    is_current = session is not None and session.refresh_id == claims.refresh_id
    if session is not None and is_current and _write_rotation(session, now, actor):
        return session
    return None


def _repeat_or_end(actor: Actor, claims: RefreshClaims) -> Session | None:
    """The session with its current tokens, the session just ended for reuse, or None when dead."""
    now = timezone.now()
    session = _claimed(claims, now)
    if session is not None and not _may_repeat(session, claims, now, actor):
        end_session(actor=actor, session=session, reason=EndReason.REUSE)
        _announce(actor, session, TokenReused(session.id, actor.ip))
        session.ended_at = now
    return session


def _claimed(claims: RefreshClaims, now: datetime) -> Session | None:
    session = session_by_id(claims.session_id)
    if session is None or not session.is_live(now) or session.member_id != claims.member_id:
        return None
    return session


def _write_rotation(session: Session, now: datetime, actor: Actor) -> bool:
    """Compare and swap on the refresh id: of many at once exactly one wins."""
    longest = session.created_at + settings.SESSION_MAX_LIFETIME
    values = {
        "member": session.member,
        "entered_at": session.entered_at,
        "refresh_id": new_id(),
        "previous_refresh_id": session.refresh_id,
        "rotated_at": now,
        "expires_at": min(now + settings.SESSION_IDLE_LIFETIME, longest),
        "ip": actor.ip,
        "user_agent": actor.user_agent,
    }
    rows = Session.objects.filter(
        pk=session.pk, refresh_id=session.refresh_id, ended_at__isnull=True
    )
    if rows.update(**values) != 1:
        return False
    for name, value in values.items():
        setattr(session, name, value)
    return True


def _may_repeat(session: Session, claims: RefreshClaims, now: datetime, actor: Actor) -> bool:
    window: timedelta = settings.REFRESH_REPEAT_WINDOW
    return (
        session.previous_refresh_id == claims.refresh_id
        and now - session.rotated_at <= window
        and (session.ip, session.user_agent) == (actor.ip, actor.user_agent)
    )


def _announce(actor: Actor, session: Session, fact: Fact) -> None:
    """In a company a person is named by the membership alone, also in its log."""
    if session.member is None:
        stream, company_id = f"user:{session.user_id}", None
    else:
        stream, company_id = f"member:{session.member.id}", session.member.company_id
    publish(fact, actor=actor, company_id=company_id, stream=stream)
