"""Something happened: typed facts, one durable row each, and who listens to which.

Three ways to listen. `join` acts at once, inside the publisher's transaction. `subscribe` writes to
the database later, exactly once; `deliver` reaches the world outside, at least once. The last two
are jobs (jobs.py), stored with the event.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.utils import timezone

from tokdesk.common.actor import Actor
from tokdesk.common.db import on_commit_once
from tokdesk.common.models.event import Audience, Event
from tokdesk.common.models.job import Job
from tokdesk.common.queues import Queue
from tokdesk.common.tenancy import company_scope
from tokdesk.common.wakeup import wake

Handler = Callable[[Event], None]
Delivery = Callable[[Event, UUID], None]


class Fact:
    """Base of all facts: a frozen dataclass of ids and small values, named by `type`."""

    type: ClassVar[str]
    # Fields that hold what people wrote: platform staff see that they are there, not what they say.
    private: ClassVar[frozenset[str]] = frozenset()


F = TypeVar("F", bound=Fact)
MASK = "•••"


class Way(StrEnum):
    """How a listener acts; see the module."""

    JOIN = "join"
    SUBSCRIBE = "subscribe"
    DELIVER = "deliver"


@dataclass(frozen=True)
class Subscription:
    """One listener of one fact; `is_ordered` keeps its jobs of one stream in order."""

    name: str
    way: Way
    handler: Callable[..., None]
    queue: Queue = Queue.DEFAULT
    is_ordered: bool = False


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


def join(cls: type[Fact], name: str) -> Callable[[Handler], Handler]:
    """Call the function at once, in the publisher's transaction and the company's scope.

    For what must hold when the change commits; its failure is the change's failure.
    """

    def register(handler: Handler) -> Handler:
        _listen(cls, Subscription(name, Way.JOIN, handler))
        return handler

    return register


def subscribe(
    cls: type[Fact], name: str, *, queue: Queue = Queue.DEFAULT, ordered: bool = False
) -> Callable[[Handler], Handler]:
    """Call the function later, in a transaction of its own that commits exactly once.

    It may write to the database and publish, and must do nothing outside of it.
    """

    def register(handler: Handler) -> Handler:
        _listen(cls, Subscription(name, Way.SUBSCRIBE, handler, queue, ordered))
        return handler

    return register


def deliver(
    cls: type[Fact], name: str, *, queue: Queue, ordered: bool = False
) -> Callable[[Delivery], Delivery]:
    """Call the function later, outside of any transaction, until it returns once.

    After a crash it may be called again for what it has done already; the id it gets is the same
    each time, so that whoever receives the effect can tell.
    """

    def register(handler: Delivery) -> Delivery:
        _listen(cls, Subscription(name, Way.DELIVER, handler, queue, ordered))
        return handler

    return register


def publish(
    event: Fact,
    *,
    actor: Actor,
    company_id: UUID | None,
    stream: str,
    audience: Audience = Audience.STAFF,
    seq: int | None = None,
    public_seq: int | None = None,
) -> Event:
    """Store the fact, and a job for each listener, in the caller's transaction.

    `seq` and `public_seq` are its places where the stream is a numbered log.
    """
    row = Event.objects.create(
        company_id=company_id,
        stream=stream,
        audience=audience,
        seq=seq,
        public_seq=public_seq,
        type=event.type,
        payload=_payload(event),
        actor_kind=actor.kind,
        # A person may act for a company from another one; in its log that one is never named.
        actor_member=actor.member_id if actor.company_id == company_id else None,
        actor_user=actor.user_id if actor.is_platform else None,
        request_id=actor.request_id,
        at=timezone.now(),
    )
    _store_jobs(row)
    for listener in SUBSCRIPTIONS[row.type]:
        if listener.way is Way.JOIN:
            with company_scope(company_id) if company_id else nullcontext():
                listener.handler(row)
    return row


def subscription(type_: str, name: str) -> Subscription | None:
    """The listener of this name to that type of event, if it (still) exists."""
    return next((each for each in SUBSCRIPTIONS[type_] if each.name == name), None)


def shown_payload(row: Event) -> dict[str, Any]:
    """What an event tells to whoever may know that it happened, and nothing of its content."""
    cls = FACTS.get(row.type, Fact)
    return {name: MASK if name in cls.private else value for name, value in row.payload.items()}


def read_fact(row: Event) -> Any:
    """The typed fact of a stored row; UUIDs are UUIDs again, and a field it lacks has its default.

    Raises:
        KeyError: no app registers this type (any more).
    """
    cls = FACTS[row.type]
    known: tuple[Any, ...] = fields(cls)  # type: ignore[arg-type]
    stored = [each for each in known if each.name in row.payload]
    return cls(**{each.name: _restore(each.type, row.payload[each.name]) for each in stored})


def _listen(cls: type[Fact], listener: Subscription) -> None:
    if subscription(cls.type, listener.name):
        raise ValueError(f"{listener.name} already listens to {cls.type}")
    SUBSCRIPTIONS[cls.type].append(listener)


def _store_jobs(row: Event) -> None:
    later = [each for each in SUBSCRIPTIONS[row.type] if each.way is not Way.JOIN]
    if not later:
        return
    Job.objects.bulk_create(
        Job(
            event=row,
            subscriber=each.name,
            company_id=row.company_id,
            queue=each.queue,
            key=f"{each.name}|{row.stream}" if each.is_ordered else "",
            available_at=row.at,
        )
        for each in later
    )
    for queue in {each.queue for each in later}:
        on_commit_once(f"wake {queue}", partial(wake, queue))


def _payload(event: Fact) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in asdict(event).items()  # type: ignore[call-overload]
        # every registered fact is a dataclass
    }


def _restore(kind: Any, value: Any) -> Any:
    return UUID(value) if value is not None and kind in (UUID, UUID | None) else value
