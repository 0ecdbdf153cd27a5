"""Accounts, passwords, tokens and the limits of guessing."""

import hashlib
from datetime import timedelta

from tokdesk.settings.security import SECRET_KEY

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.authentication.StaffBackend"]
PASSWORD_HASHERS = ["accounts.hashers.DeskArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

ACCESS_TOKEN_LIFETIME = timedelta(minutes=5)
SESSION_IDLE_LIFETIME = timedelta(days=30)
SESSION_MAX_LIFETIME = timedelta(days=90)
REFRESH_REPEAT_WINDOW = timedelta(seconds=10)
EMAIL_TOKEN_LIFETIME = timedelta(days=7)
PASSWORD_RESET_LIFETIME = timedelta(hours=1)
# The least time that asking for a new password takes, whether the address is known or not.
FORGET_SECONDS = 0.1

SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    # Its own key, so a signature made elsewhere with SECRET_KEY is never a token.
    "SIGNING_KEY": hashlib.sha256(f"tokdesk.jwt:{SECRET_KEY}".encode()).hexdigest(),
    "ISSUER": "tokdesk",
    "AUDIENCE": "tokdesk-api",
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "LEEWAY": 0,
    "USER_ID_CLAIM": "sub",
}

# (how many, seconds). A window opens with its first try, so no boundary lets twice the number in.
GUESS_LIMITS = {
    "login_account": (10, 300),
    "login_known": (10, 300),
    "login_address": (100, 300),
    "reset_account": (3, 900),
    "reset_address": (30, 900),
    "signup_address": (20, 3600),
    "signup_account": (5, 3600),
    "token_address": (60, 300),
    "password_account": (10, 300),
    # Mails that a company sends to strangers: invitations in a day, and repeats to one address.
    "invite_company": (1000, 86400),
    "invite_again": (5, 86400),
}
# limits' own notation; these guard load, not secrets, and open when Redis is down.
REQUEST_LIMITS = {"anonymous": "120/minute", "member": "1200/minute"}

ACTOR_AUTHENTICATORS = [
    "accounts.authentication.bearer_actor",
    "accounts.authentication.session_actor",
]

# auth.W004: e-mails are unique among the living, and our backend asks only those.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
