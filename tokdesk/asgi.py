"""What Daphne serves."""

import os
import sys

from django.core.asgi import get_asgi_application

from tokdesk.common.body_limit import AsgiBodyLimit, longest_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tokdesk.settings.prod")

application = AsgiBodyLimit(get_asgi_application(), longest_body)

# Only under Daphne: importing its parts elsewhere would install Twisted's own event loop.
if "daphne.server" in sys.modules:
    from tokdesk.servers.daphne import teach_daphne

    teach_daphne(longest_body)
