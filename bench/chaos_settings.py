"""Development without the notes that Django keeps of every query while it debugs."""

from tokdesk.settings.dev import *  # noqa: F403

DEBUG = False
