"""Production without its limits of rates, which would measure themselves."""

from tokdesk.settings.prod import *  # noqa: F403

RATE_LIMITS_ENABLED = False
