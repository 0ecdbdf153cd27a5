"""Something happened: typed facts, one durable row each, and who listens to which."""

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.utils import timezone

from tokdesk.common.actor import Actor
from tokdesk.common.db import on_commit
from tokdesk.common.models.event import Audience, Event

logger = logging.getLogger(__name__)

Handler = Callable[[Event], None]


class Fact:
    """Base of all facts: a frozen dataclass of ids and small values, named by `type`."""

    type: ClassVar[str]


F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Subscription:
    name: str
    handler: Handler


FACTS: dict[str, type[Fact]] = {}
SUBSCRIPTIONS: dict[str, list[Subscription]] = defaultdict(list)


def fact(type_: str) -> Callable[[type[F]], type[F]]:
    """Register a frozen dataclass as the fact of this type name."""

    def register(cls: type[F]) -> type[F]:
        if "__dataclass_fields__" not in vars(cls) or type_ in FACTS:
            raise ValueError(f"{type_} must be one dataclass, registered once")
        cls.type = type_
        FACTS[type_] = cls
        return cls

    return register


def subscribe(cls: type[Fact], name: str) -> Callable[[Handler], Handler]:
    """Register a handler of one fact under a stable name; it gets the stored Event after commit."""

    def register(handler: Handler) -> Handler:
        if any(known.name == name for known in SUBSCRIPTIONS[cls.type]):
            raise ValueError(f"{name} already listens to {cls.type}")
        SUBSCRIPTIONS[cls.type].append(Subscription(name, handler))
        return handler

    return register


def publish(
    event: Fact,
    *,
    actor: Actor,
    company_id: UUID | None,
    stream: str,
    audience: Audience = Audience.STAFF,
) -> Event:
    """Store the fact in the caller's transaction and call its subscribers after commit."""
    row = Event.objects.create(
        company_id=company_id,
        stream=stream,
        audience=audience,
        type=event.type,
        payload=_payload(event),
        actor_kind=actor.kind,
        actor_member=actor.member_id,
        actor_user=actor.user_id if actor.is_platform else None,
        request_id=actor.request_id,
        at=timezone.now(),
    )
    for subscription in SUBSCRIPTIONS[event.type]:
        on_commit(partial(subscription.handler, row))
    return row


def read_fact(row: Event) -> Any:
    """The typed fact of a stored row; UUIDs are UUIDs again.

    Raises:
        KeyError: no app registers this type (any more).
    """
    cls = FACTS[row.type]
    known: tuple[Any, ...] = fields(cls)  # type: ignore[arg-type]
    return cls(**{each.name: _restore(each.type, row.payload[each.name]) for each in known})


def _payload(event: Fact) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in asdict(event).items()  # type: ignore[call-overload]
        # every registered fact is a dataclass
    }


def _restore(kind: Any, value: Any) -> Any:
    return UUID(value) if value is not None and kind in (UUID, UUID | None) else value
