"""Files sent up as a browser would, and images to send."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.storage import storages
from PIL import Image

from accounts.models import Membership
from conftest import client_of
from conversations.models import Conversation
from tokdesk.common.testing import ApiClient

BOUNDARY = "----a-line-between"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, body: bytes, filename: str | None = None) -> bytes:
    file = "" if filename is None else f'; filename="{filename}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode("utf-8", "surrogateescape") + body + b"\r\n"


def form_of(conversation: Any, body: bytes, name: str = "hello.txt") -> bytes:
    named = str(getattr(conversation, "pk", conversation)).encode()
    return part("file", body, name) + part("conversation", named) + f"--{BOUNDARY}--\r\n".encode()


def send_form(client: ApiClient, form: bytes, content_type: str = FORM, **headers: str) -> Any:
    return client._client.post(
        "/api/v1/attachments/",
        form,
        content_type=content_type,
        headers={**client.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
    )


def upload(
    who: Membership | ApiClient, conversation: Any, body: bytes = b"Hello", name: str = "hello.txt"
) -> Any:
    """Give a client where it must be made before: to sign in changes rows too."""
    client = who if isinstance(who, ApiClient) else client_of(who)
    return send_form(client, form_of(conversation, body, name))


def uploaded(
    who: Membership, conversation: Conversation, body: bytes = b"Hello", name: str = "hello.txt"
) -> str:
    """The id of an upload that waits."""
    answer = upload(who, conversation, body, name)
    assert answer.status_code == 201, answer.content
    found: str = answer.json()["id"]
    return found


def send(who: Membership, conversation: Conversation, *ids: str, **fields: Any) -> Any:
    body = {"client_id": str(uuid4()), "attachments": list(ids), **fields}
    return client_of(who).post(f"conversations/{conversation.pk}/messages/", body)


def picture(
    size: tuple[int, int] = (40, 20), form: str = "PNG", mode: str = "RGB", **options: Any
) -> bytes:
    output = BytesIO()
    Image.new(mode, size, "red").save(output, form, **options)
    return output.getvalue()


def shown(answer: Any) -> Image.Image:
    return Image.open(BytesIO(body_of(answer)))


def body_of(answer: Any) -> bytes:
    """All of it, which also closes the file."""
    body: bytes = answer.getvalue()
    return body


def kept_files() -> set[str]:
    """Everything that lies in the store."""
    root = Path(storages["attachments"].location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
