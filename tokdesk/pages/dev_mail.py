"""`/dev/mail/`: what was mailed here, for development only."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import TypedDict
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

NEWEST = 200


class Mail(TypedDict):
    """One mail; `sent_at` is ISO 8601 as its Date header says."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    sent_at: str


@require_safe
def dev_mail(request: HttpRequest) -> HttpResponse:
    """The newest mails first, as a page or with `?format=json`."""
    mails = read_mails(Path(settings.MAIL_DIR))
    if request.GET.get("format") == "json":
        return JsonResponse({"results": mails})
    return render(request, "dev/mail.html", {"mails": mails})


def read_mails(folder: Path) -> list[Mail]:
    files = sorted(folder.glob("*.eml"), reverse=True)[:NEWEST]
    return [_read(path) for path in files]


def _read(path: Path) -> Mail:
    message: EmailMessage = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    date = message["Date"].datetime if message["Date"] else None
    return Mail(
        id=str(UUID(path.stem)),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        headers={name: str(value) for name, value in message.items()},
        sent_at=date.isoformat() if date else "",
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
