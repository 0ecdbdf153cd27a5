"""The two signed tokens of a session: access for five minutes, refresh until it is spent.

Simple JWT signs and checks; rotation and reuse are ours (services/sessions.py), since its own
rotation lets several parallel refreshes of one token win.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

from accounts.models import Session
from tokdesk.common.errors import Unauthenticated


class AccessToken(Token):
    token_type = "access"
    lifetime = settings.ACCESS_TOKEN_LIFETIME


class RefreshToken(Token):
    token_type = "refresh"
    lifetime = settings.SESSION_IDLE_LIFETIME


@dataclass(frozen=True)
class AccessClaims:
    """What an access token says; the session row is asked whether it is still true."""

    session_id: UUID
    user_id: UUID
    member_id: UUID | None


@dataclass(frozen=True)
class RefreshClaims:
    session_id: UUID
    refresh_id: UUID
    member_id: UUID | None


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str
    access_expires_at: datetime


def make_pair(session: Session) -> TokenPair:
    """A fresh access token, and the refresh token that the session row names.

    The refresh token is a function of the row, so asking twice gives the same string.
    """
    access = AccessToken()
    access["sid"] = str(session.id)
    access["sub"] = str(session.user_id)
    access["mid"] = str(session.member_id) if session.member_id else None
    access["cid"] = str(session.member.company_id) if session.member else None
    expires_at = datetime.fromtimestamp(access["exp"], UTC)
    return TokenPair(str(access), _refresh_of(session), expires_at)


def read_access(text: str) -> AccessClaims:
    """Raises Unauthenticated for anything that is not a valid access token of ours."""
    payload = _payload(AccessToken, text)
    try:
        member = payload["mid"]
        return AccessClaims(
            UUID(payload["sid"]), UUID(payload["sub"]), UUID(member) if member else None
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated("invalid_token") from error


def read_refresh(text: str) -> RefreshClaims:
    """Raises Unauthenticated for anything that is not a valid refresh token of ours."""
    payload = _payload(RefreshToken, text)
    try:
        member = payload["mid"]
        return RefreshClaims(
            UUID(payload["sid"]), UUID(payload["jti"]), UUID(member) if member else None
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated("invalid_token") from error


def _refresh_of(session: Session) -> str:
    token = RefreshToken()
    token.set_iat(at_time=session.rotated_at)
    token.set_exp(from_time=session.expires_at, lifetime=timedelta())
    token["jti"] = str(session.refresh_id)
    token["sid"] = str(session.id)
    token["mid"] = str(session.member_id) if session.member_id else None
    return str(token)


def _payload(kind: type[Token], text: str) -> dict[str, Any]:
    try:
        return dict(kind(text).payload)  # type: ignore[arg-type]
    except TokenError as error:
        raise Unauthenticated("invalid_token") from error
