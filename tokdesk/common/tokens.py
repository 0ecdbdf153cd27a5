"""Mailed tokens: made from the row's id and our key, so only a hash is ever stored.

Whoever holds the row and the key can make the token again, so a job that sends the mail needs
nothing but the row's id, and a stolen database alone opens nothing.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

TOKEN_PATTERN = r"^[A-Za-z0-9_-]{43}\Z"


def mailed_token(purpose: str, row_id: UUID) -> str:
    key = hashlib.sha256(f"tokdesk.token:{settings.SECRET_KEY}".encode()).digest()
    digest = hmac.new(key, f"{purpose}:{row_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
