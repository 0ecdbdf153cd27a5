"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from tokdesk.common.body_limit import WsgiBodyLimit, longest_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tokdesk.settings.prod")

application = WsgiBodyLimit(get_wsgi_application(), longest_body)
