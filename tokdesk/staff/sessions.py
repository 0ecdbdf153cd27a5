"""The platform session behind a browser: Django's own session is never enough."""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest

from accounts.authentication import SESSION_KEY, session_actor
from accounts.choices import SessionKind
from accounts.doors import session_by_id
from accounts.services.sessions import end_session, start_session
from tokdesk.common.actor import Actor
from tokdesk.common.api.authentication import anonymous_actor
from tokdesk.common.errors import TokDeskError


def staff_actor(request: HttpRequest) -> Actor | None:
    """The member of platform staff whose live session this is, looked up once a request."""
    if not hasattr(request, "staff_actor"):
        actor = live_actor(request)
        request.staff_actor = actor if actor and actor.is_platform else None  # type: ignore[attr-defined]
    return request.staff_actor  # type: ignore[attr-defined, no-any-return]


def live_actor(request: HttpRequest) -> Actor | None:
    """Whoever this browser is signed in as, staff or not; None when that has ended."""
    try:
        return session_actor(request)
    except TokDeskError:
        return None


def start_staff_session(request: HttpRequest, *, before: Actor | None) -> None:
    """Open our session for a fresh sign-in; the one this browser had `before` ends with it."""
    if before is not None:
        end_browser_session(before)
    user: Any = request.user
    session = start_session(
        actor=anonymous_actor(request), user=user, member=None, kind=SessionKind.BROWSER
    )
    request.session[SESSION_KEY] = str(session.id)


def end_browser_session(actor: Actor) -> None:
    session = session_by_id(actor.session_id) if actor.session_id else None
    if session is not None:
        end_session(actor=actor, session=session)


def forget_ended_session(request: HttpRequest) -> bool:
    """Empty a Django session that outlived ours; True when there was one.

    A session of a company's member is left alone: it is not ours to end.
    """
    if not request.user.is_authenticated or live_actor(request) is not None:
        return False
    logout(request)
    return True
