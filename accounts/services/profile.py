"""What a person sees and changes of the own account."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.events import AccountChanged
from accounts.models import Membership, Session, User
from accounts.presence import HIDDEN
from companies.models import Company
from companies.services import bump_access
from tokdesk.common.actor import Actor
from tokdesk.common.db import on_commit, transactional
from tokdesk.common.errors import FieldError, Invalid
from tokdesk.common.events import publish
from tokdesk.common.live.hints import hint_presence
from tokdesk.common.roles import permissions_of
from tokdesk.common.versions import save_changes


@dataclass(frozen=True)
class Me:
    """A live session as its person sees it; `version` is the account's."""

    user: User
    member: Membership | None
    company: Company | None
    role: str
    permissions: dict[str, bool]
    version: int


def me_of(session: Session) -> Me:
    user: User = session.user
    permissions = permissions_of(session.role)
    return Me(user, session.member, session.company, session.role, permissions, user.version)


@transactional
def update_profile(*, actor: Actor, changes: dict[str, Any], expected: int | None = None) -> User:
    """Change the own name, language, theme or time zone, and the availability in this company.

    Presence is no event and counts no version; the rest is and does.

    Raises:
        StaleVersion: `expected` is not the account's version.
        Invalid: availability without a company.
    """
    own = {name: value for name, value in changes.items() if name != "availability"}
    user = _write(actor, own, expected)
    if "availability" in changes:
        _set_availability(actor, changes["availability"])
    return user


@transactional
def set_preferences(*, actor: Actor, preferences: dict[str, Any]) -> User:
    """Replace how the faces behave for this person."""
    return _write(actor, {"preferences": preferences}, None)


def _write(actor: Actor, changes: dict[str, Any], expected: int | None) -> User:
    user: User = User.objects.visible_to(actor).locked().get()
    changed = save_changes(user, changes, expected=expected)
    if changed:
        fact = AccountChanged(user.id, sorted(changed))
        publish(fact, actor=actor, company_id=None, stream=f"user:{user.id}")
    if "language" in changed and actor.company_id is not None:
        # What open sockets know of this person holds it, and is read again when rights move.
        bump_access(actor.company_id)
    return user


def _set_availability(actor: Actor, availability: str) -> None:
    if actor.member_id is None:
        fault = FieldError("invalid", _("Only somebody in a company can be available."))
        raise Invalid(fields={"availability": [fault]})
    row = Membership.objects.locked().get(pk=actor.member_id)
    was_seen = row.availability not in HIDDEN
    Membership.objects.filter(pk=row.pk).update(availability=availability)
    gone = [row.pk] if was_seen and availability in HIDDEN else []
    on_commit(partial(hint_presence, row.company_id, gone))
