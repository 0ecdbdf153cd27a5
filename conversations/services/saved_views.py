"""Ways to look at the list that somebody keeps."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from conversations.events import SavedViewChanged, SavedViewCreated, SavedViewDeleted
from conversations.models.saved_view import MOST_VIEWS, SavedView
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Conflict, Denied
from tokdesk.common.events import Fact, publish
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import save_changes


@transactional
def save_view(
    *,
    actor: Actor,
    name: str,
    filters: dict[str, Any],
    ordering: str,
    is_shared: bool = False,
    position: int = 0,
) -> SavedView:
    """Keep one of the actor's own.

    Raises:
        Denied: no right to, or none to share. Conflict: `too_many_views`.
    """
    if actor.company_id is None or actor.member_id is None:
        raise Denied(permission="view:save")
    with company_scope(actor.company_id):
        view = SavedView(
            company_id=actor.company_id,
            owner_id=actor.member_id,
            name=name,
            filters=filters,
            ordering=ordering,
            is_shared=is_shared,
            position=position,
        )
        authorize(actor, "view:save", view)
        if is_shared:
            authorize(actor, "view:share", view)
        if SavedView.objects.owned_by(actor.member_id).count() >= MOST_VIEWS:
            raise Conflict("too_many_views", _("You keep as many views as one may. Delete some."))
        view.save(force_insert=True)
        _announce(actor, view, SavedViewCreated(view.id))
        return view


@transactional
def update_view(
    *, actor: Actor, view: SavedView, changes: dict[str, Any], expected: int | None = None
) -> SavedView:
    """Raises Denied: it is somebody else's, or `view:share` is missing. StaleVersion."""
    with company_scope(view.company_id):
        view = SavedView.objects.fresh(view)
        authorize(actor, "view:save", view)
        if changes.get("is_shared", view.is_shared) != view.is_shared:
            authorize(actor, "view:share", view)
        if changed := save_changes(view, changes, expected=expected):
            _announce(actor, view, SavedViewChanged(view.id, sorted(changed)))
        return view


@transactional
def delete_view(*, actor: Actor, view: SavedView) -> None:
    """Raises Denied: it is somebody else's."""
    with company_scope(view.company_id):
        view = SavedView.objects.fresh(view)
        authorize(actor, "view:save", view)
        _announce(actor, view, SavedViewDeleted(view.id))
        view.delete()


def _announce(actor: Actor, view: SavedView, fact: Fact) -> None:
    publish(fact, actor=actor, company_id=view.company_id, stream=f"view:{view.id}")
