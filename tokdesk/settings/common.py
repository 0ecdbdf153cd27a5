"""The small files put together; each environment starts from here."""

from tokdesk.settings.auth import *  # noqa: F403
from tokdesk.settings.base import *  # noqa: F403
from tokdesk.settings.celery import *  # noqa: F403
from tokdesk.settings.database import *  # noqa: F403
from tokdesk.settings.i18n import *  # noqa: F403
from tokdesk.settings.live import *  # noqa: F403
from tokdesk.settings.logging import *  # noqa: F403
from tokdesk.settings.mail import *  # noqa: F403
from tokdesk.settings.redis import *  # noqa: F403
from tokdesk.settings.security import *  # noqa: F403
from tokdesk.settings.storage import *  # noqa: F403
