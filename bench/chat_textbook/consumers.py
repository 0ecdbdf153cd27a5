"""One consumer: keep the message, tell the group."""

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from bench.chat_textbook.models import Line


class ChatConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"]
        self.group = f"chat_{self.room}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: Any, **options: Any) -> None:
        await self.save(content["message"])
        told = {"type": "chat.message", "message": content["message"]}
        await self.channel_layer.group_send(self.group, told)

    async def chat_message(self, event: dict[str, Any]) -> None:
        await self.send_json({"message": event["message"]})

    @database_sync_to_async
    def save(self, body: str) -> None:
        Line.objects.create(room=self.room, body=body)
