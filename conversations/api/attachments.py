"""REST of files: sent up for a message, and handed out to whoever sees it."""

from collections.abc import AsyncIterator
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.api.serializers.attachments import AttachmentOutput, NewAttachment
from conversations.api.uploadparser import OtherForms, UploadParser
from conversations.models import Attachment
from conversations.services.serving import Served, serve_content, serve_thumbnail
from conversations.services.uploads import upload_attachment
from tokdesk.common.api.viewsets import BaseViewSet

CHUNK = 64 * 1024
# Should a browser open it after all, it runs nothing and belongs to no site.
SANDBOX = "default-src 'none'; sandbox"
ELSEWHERE = OpenApiResponse(description="The file is at this address, for a short time.")


@extend_schema(tags=["messages"])
class AttachmentViewSet(BaseViewSet):
    """Files of messages. One that no message has taken is seen by its uploader alone."""

    serializer_class = AttachmentOutput
    idempotent = False
    parser_classes: ClassVar = [UploadParser, OtherForms]
    permission_codes: ClassVar = {
        "create": "conversation:reply",
        "retrieve": "conversation:view",
        "content": "conversation:view",
        "thumbnail": "conversation:view",
    }
    inputs: ClassVar = {"create": NewAttachment}
    lists: ClassVar = ()

    def get_queryset(self) -> QuerySet[Any]:
        return Attachment.objects.visible_to(self.actor)

    @extend_schema(request={"multipart/form-data": NewAttachment})
    def create(self, request: Request) -> Response:
        """Send a file up; name its id in a message of the same conversation within a day."""
        data = self.read()
        file = data["file"]
        attachment = upload_attachment(
            actor=self.actor, conversation=data["conversation"], file=file, name=file.name
        )
        return self.answer(attachment)

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY, 302: ELSEWHERE})
    @action(detail=True)
    def content(self, request: Request, pk: str) -> HttpResponseBase:
        """The file; 403 `scan_pending` or `blocked` where the virus scanner stands before it."""
        return hand_out(request, serve_content(self.get_object()))

    @extend_schema(responses={(200, "image/webp"): OpenApiTypes.BINARY, 302: ELSEWHERE})
    @action(detail=True)
    def thumbnail(self, request: Request, pk: str) -> HttpResponseBase:
        """A small picture of an image; 404 for everything else."""
        return hand_out(request, serve_thumbnail(self.get_object()))


def hand_out(request: Request, served: Served) -> HttpResponseBase:
    response = _redirect(served.url) if served.url else _stream(request, served)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    # Two people may use one browser.
    patch_vary_headers(response, ["Authorization", "Cookie"])
    return response


def _redirect(url: str) -> HttpResponseBase:
    return HttpResponse(status=302, headers={"Location": url, "Cache-Control": "private, no-store"})


def _stream(request: Request, served: Served) -> HttpResponseBase:
    if isinstance(request._request, ASGIRequest):
        # There a plain file would be read into memory whole.
        response: HttpResponseBase = StreamingHttpResponse(_chunks(served.file))
    else:
        response = FileResponse(served.file)
    # Last, as a response with a file guesses its own.
    response["Content-Type"] = served.content_type
    response["Content-Disposition"] = served.disposition
    response["Content-Length"] = str(served.file.size)
    response["Cache-Control"] = "private, max-age=300"
    return response


async def _chunks(file: Any) -> AsyncIterator[bytes]:
    with file:
        while chunk := await sync_to_async(file.read)(CHUNK):
            yield chunk
