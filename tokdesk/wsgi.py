"""What gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tokdesk.common.body_limit import WsgiBodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tokdesk.settings.prod")

application = WsgiBodyLimit(get_wsgi_application(), settings.MAX_BODY_BYTES)
