"""The interpreter and the settings."""

import os
import sys

from django.conf import settings

from tokdesk.bootstrap import OLDEST
from tokdesk.checkup.verdicts import Verdict, failure, good, warning

SECRET_LENGTH = 50


def python() -> Verdict:
    have = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        return failure(have, f"Install Python {wanted} or newer.")
    return good(have)


def environment() -> Verdict:
    """Whether these settings may meet the world; those for development only warn."""
    module = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    broken = broken_rules()
    if not broken:
        return good(f"{module}, fit for production")
    detail = f"{module}: {', '.join(broken)}"
    if settings.DEMO_ENABLED:
        remedy = "For production set DJANGO_SETTINGS_MODULE=tokdesk.settings.prod."
        return warning(f"{detail}; fit for development only", remedy)
    return failure(detail, "Correct these in the environment before anybody uses the desk.")


def broken_rules() -> list[str]:
    """The rules of tokdesk/settings/prod.py that these settings break."""
    rules = {
        "DEBUG is on": settings.DEBUG,
        "demo people are allowed": settings.DEMO_ENABLED,
        "the secret key is the published one": settings.SECRET_KEY == settings.INSECURE_SECRET_KEY,
        "the secret key is short": len(settings.SECRET_KEY) < SECRET_LENGTH,
        "TOKDESK_BASE_URL is not https": not settings.BASE_URL.startswith("https://"),
        "any host is allowed": any("*" in host for host in settings.ALLOWED_HOSTS),
        "any origin is allowed": any("*" in origin for origin in settings.ALLOWED_ORIGINS),
        "rate limits are off": not settings.RATE_LIMITS_ENABLED,
    }
    return [rule for rule, is_broken in rules.items() if is_broken]
