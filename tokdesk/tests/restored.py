"""What a desk holds, told by a process of its own: `python -m tokdesk.tests.restored tell`."""

import json
import sys
from typing import Any

import django

PLATFORM_TABLES = {"django_session", "django_migrations"}


def tell() -> dict[str, Any]:
    """How many rows of each model there are, and where each log stands, of which lineage."""
    from django.apps import apps

    from companies.models import CompanyState
    from conversations.models import Conversation

    rows = {
        each._meta.label: each._base_manager.count()
        for each in apps.get_models()
        if each._meta.db_table not in PLATFORM_TABLES
    }
    states = CompanyState.unscoped.values_list("company_id", "log_epoch")
    epochs = {company_id.hex: epoch for company_id, epoch in states}
    logs = Conversation.unscoped.order_by("pk").values_list("pk", "company_id", "last_seq")
    heads = {pk.hex: [epochs[company_id.hex], seq] for pk, company_id, seq in logs}
    return {"rows": rows, "heads": heads}


def talk() -> dict[str, Any]:
    """Somebody says something in each conversation; afterwards as `tell`."""
    from uuid import uuid4

    from conversations.models import Conversation
    from conversations.services import post_message
    from tokdesk.common.actor import Actor, ActorKind
    from tokdesk.common.roles import Role

    for row in Conversation.unscoped.filter(customer__isnull=False, status="open"):
        actor = Actor(
            ActorKind.MEMBER, Role.USER, company_id=row.company_id, member_id=row.customer_id
        )
        post_message(actor=actor, conversation_id=row.pk, client_id=uuid4(), body="After that")
    return tell()


def resume(known: dict[str, Any]) -> dict[str, Any]:
    """What each log says to somebody who comes with a position of these."""
    from companies.services import rights_of
    from conversations.models import Conversation
    from conversations.selectors import Resync, refuse_position
    from tokdesk.common.actor import system_actor

    told = {}
    for row in Conversation.unscoped.all():
        epoch, seq = known["heads"][row.pk.hex]
        lineage = rights_of([row.company_id])[row.company_id].epoch
        try:
            refuse_position(system_actor(row.company_id), row, seq, epoch, lineage)
        except Resync as error:
            told[row.pk.hex] = error.extra["reason"]
        else:
            told[row.pk.hex] = "goes on"
    return told


def main() -> None:
    django.setup()
    match sys.argv[1:]:
        case ["tell"]:
            told = tell()
        case ["talk"]:
            told = talk()
        case ["resume", known]:
            told = resume(json.loads(known))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
