"""`uvicorn bench.chat_textbook.asgi:application`."""

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

http = get_asgi_application()

from bench.chat_textbook.consumers import ChatConsumer  # noqa: E402

routes = [path("ws/chat/<str:room>/", ChatConsumer.as_asgi())]
application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(routes)})
