"""The platform session behind a browser: Django's own session is never enough."""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest

from accounts.authentication import SESSION_KEY
from accounts.browsing import end_browser_session, live_actor
from accounts.choices import SessionKind
from accounts.services.sessions import start_session
from tokdesk.common.actor import Actor
from tokdesk.common.api.authentication import anonymous_actor


def staff_actor(request: HttpRequest) -> Actor | None:
    """The member of platform staff whose live session this is, looked up once a request."""
    if not hasattr(request, "staff_actor"):
        actor = live_actor(request)
        request.staff_actor = actor if actor and actor.is_platform else None  # type: ignore[attr-defined]
    return request.staff_actor  # type: ignore[attr-defined, no-any-return]


def start_staff_session(request: HttpRequest, *, before: Actor | None) -> None:
    """Open our session for a fresh sign-in; the one this browser had `before` ends with it."""
    if before is not None:
        end_browser_session(before)
    user: Any = request.user
    session = start_session(
        actor=anonymous_actor(request), user=user, member=None, kind=SessionKind.BROWSER
    )
    request.session[SESSION_KEY] = str(session.id)


def forget_ended_session(request: HttpRequest) -> bool:
    """Empty a Django session that outlived ours; True when there was one.

    A session of a company's member is left alone: it is not ours to end.
    """
    if not request.user.is_authenticated or live_actor(request) is not None:
        return False
    logout(request)
    return True
