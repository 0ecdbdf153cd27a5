"""The ways in. Each builds the Actor from rows read on this very request; nothing is cached."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.jwt import read_access
from accounts.models import Session, User
from accounts.services.credentials import prove
from accounts.services.sessions import entered_session
from accounts.services.standing import enter
from tokdesk.common.actor import Actor
from tokdesk.common.api.authentication import anonymous_actor, enforce_csrf
from tokdesk.common.errors import Unauthenticated

SESSION_KEY = "tokdesk_session"
# Whom a page was made for; somebody else may have signed in beside it since.
MEMBER_HEADER = "X-TokDesk-Member"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


def bearer_actor(request: HttpRequest) -> Actor | None:
    """`Authorization: Bearer <access token>`; any other scheme is refused, never ignored."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _space, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("invalid_token", _("This kind of credential is not known here."))
    claims = read_access(token.strip())
    session = entered_session(claims.session_id)
    if (session.user_id, session.member_id) != (claims.user_id, claims.member_id):
        raise Unauthenticated("session_ended", _("This session has ended. Sign in again."))
    return actor_of(session, request)


def session_actor(request: HttpRequest) -> Actor | None:
    """The cookie of our own pages, with the CSRF token on everything that changes something.

    A page that names whom it was made for does nothing in anybody else's name.
    """
    stored = request.session.get(SESSION_KEY)
    if stored is None:
        return None
    if request.method not in SAFE_METHODS:
        enforce_csrf(request)
    session = entered_session(UUID(stored))
    named = request.headers.get(MEMBER_HEADER)
    if named is not None and named != str(session.member_id):
        raise Unauthenticated("session_ended", _("Somebody else has signed in here since."))
    return actor_of(session, request)


def actor_of(session: Session, request: HttpRequest) -> Actor:
    """The role is today's, from the membership; the token's company was compared to it."""
    nobody = anonymous_actor(request)
    return enter(session, ip=nobody.ip, user_agent=nobody.user_agent, request_id=nobody.request_id)


class StaffBackend:
    """Django's door to the staff site: the same proof and the same limits as everywhere."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = ""
    ) -> User | None:
        """The account, or None. Raises RateLimited."""
        if request is None:
            return None
        try:
            proof = prove(actor=anonymous_actor(request), email=username, password=password)
        except Unauthenticated:
            return None
        return proof if isinstance(proof, User) and proof.is_super_admin else None

    def get_user(self, user_id: Any) -> User | None:
        user: User | None = User.objects.living().filter(pk=user_id, is_active=True).first()
        return user
