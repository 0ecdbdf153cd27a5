"""`/try/`: play customer here and agent in another window; for development only."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from companies.models import Company
from departments.models import Department
from tokdesk.common.tenancy import company_scope
from tokdesk.demo.people import ACME, GLOBEX, PASSWORD, Firm, Person

FIRMS = {firm.slug: firm for firm in (ACME, GLOBEX)}


@require_safe
def try_it(request: HttpRequest) -> HttpResponse:
    """The customer of one of the demo companies (`?company=`), each in its language."""
    firm = FIRMS.get(request.GET.get("company", ""), ACME)
    customer, agent = person(firm, "customer"), person(firm, "agent")
    company = Company.objects.filter(slug=firm.slug).first()
    with override(firm.language):
        told = {
            "firm": firm,
            "firms": FIRMS.values(),
            "customer": customer,
            "agent": agent,
            "password": PASSWORD,
            "is_planted": company is not None,
            "boot": boot_of(firm, customer, company),
        }
        return render(request, "dev/try.html", told)


def person(firm: Firm, word: str) -> Person:
    """Who has this word before the @ in their address."""
    people = (seat.person for seat in firm.seats)
    return next(each for each in people if each.email.startswith(f"{word}@"))


def boot_of(firm: Firm, customer: Person, company: Company | None) -> dict[str, Any]:
    """What the page's script begins with; the demo's password is known to everybody."""
    return {
        "department": team_of(firm, company),
        "company": firm.slug,
        "email": customer.email,
        "password": PASSWORD,
        "bundle": settings.BUNDLE,
        "texts": texts(),
    }


def team_of(firm: Firm, company: Company | None) -> str | None:
    """The agent's department, so that what the customer begins is before their eyes."""
    if company is None:
        return None
    with company_scope(company.pk):
        row = Department.objects.filter(name=firm.teams[0].name).first()
    return str(row.pk) if row else None


def texts() -> dict[str, str]:
    return {
        "new": _("New conversation"),
        "nothing": _("Say something: an agent answers in the other window."),
        "unread": _("Not read yet"),
        "typing": _("{name} is typing …"),
        "seen": _("Seen"),
        "sent": _("Sent"),
        "sending": _("Sending …"),
        "queued": _("Waiting for the connection"),
        "failed": _("Not sent."),
        "retry": _("Try again"),
        "discard": _("Delete"),
        "deleted": _("This message was deleted."),
        "connecting": _("Connecting …"),
        "live": _("Live"),
        "offline": _("No connection. What you write is kept and sent later."),
        "refused": _("The demo customer could not sign in."),
    }
