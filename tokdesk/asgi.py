"""What Daphne serves."""

import os
import sys

from django.conf import settings
from django.core.asgi import get_asgi_application

from tokdesk.common.body_limit import AsgiBodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tokdesk.settings.prod")

application = AsgiBodyLimit(get_asgi_application(), settings.MAX_BODY_BYTES)

# Only under Daphne: importing its parts elsewhere would install Twisted's own event loop.
if "daphne.server" in sys.modules:
    from tokdesk.servers.daphne import teach_daphne

    teach_daphne(settings.MAX_BODY_BYTES)
