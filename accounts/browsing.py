"""The session of a browser: Django's holds nothing but the id of ours, which must be alive."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token

from accounts.authentication import SESSION_KEY, session_actor
from accounts.doors import session_by_id
from accounts.models import Session
from accounts.services.sessions import end_session
from tokdesk.common.actor import Actor
from tokdesk.common.errors import TokDeskError


def live_actor(request: HttpRequest) -> Actor | None:
    """Whoever this browser is signed in as, staff or not; None when that has ended."""
    try:
        return session_actor(request)
    except TokDeskError:
        return None


def begin_browsing(request: HttpRequest, session: Session, *, is_kept: bool) -> None:
    """Sign this browser in; the session that it had before ends with it.

    `is_kept`: also when the browser is closed.
    """
    before = live_actor(request)
    if before is not None:
        end_browser_session(before)
    # Whatever was known of this browser before it signed in is worth nothing afterwards.
    request.session.flush()
    rotate_token(request)
    request.session[SESSION_KEY] = str(session.id)
    kept_for = int(settings.SESSION_IDLE_LIFETIME.total_seconds())
    request.session.set_expiry(kept_for if is_kept else 0)


def end_browsing(request: HttpRequest) -> None:
    actor = live_actor(request)
    if actor is not None:
        end_browser_session(actor)
    request.session.flush()


def end_browser_session(actor: Actor) -> None:
    session = session_by_id(actor.session_id) if actor.session_id else None
    if session is not None:
        end_session(actor=actor, session=session)


def speak_as(response: HttpResponse, language: Any) -> None:
    """From the next page on, in the language of whoever has signed in."""
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=int(settings.SESSION_MAX_LIFETIME.total_seconds()),
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
