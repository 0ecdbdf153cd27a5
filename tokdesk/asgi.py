"""What Daphne serves, and gunicorn for sockets."""

import os
import sys

from django.core.asgi import get_asgi_application
from django.utils.module_loading import import_string

from tokdesk.common.body_limit import AsgiBodyLimit, longest_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tokdesk.settings.prod")

http = AsgiBodyLimit(get_asgi_application(), longest_body)
# Django must be set up before anything that imports models.
application = import_string("tokdesk.routing.with_sockets")(http)

# Only under Daphne: importing its parts elsewhere would install Twisted's own event loop.
if "daphne.server" in sys.modules:
    from tokdesk.servers.daphne import teach_daphne

    teach_daphne(longest_body)
