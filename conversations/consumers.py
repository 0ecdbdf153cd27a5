"""The socket of the desk (`/ws/v1/`): what each frame means.

A frame runs the same input and the same service as its endpoint of the API; the socket itself
writes nothing.
"""

import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Availability
from conversations.choices import Visibility
from conversations.realtime import answers, people
from conversations.realtime.topics import Follower
from conversations.sight import Sight
from tokdesk.common.errors import (
    Denied,
    Invalid,
    NotFound,
    TokDeskError,
    Unauthenticated,
    Unavailable,
)
from tokdesk.common.http import accepted_request_id
from tokdesk.common.live.codes import RESTARTING, TOO_MANY, UNAUTHENTICATED
from tokdesk.common.live.flow import BEAT_SECONDS, BURST, FRAMES_PER_SECOND
from tokdesk.common.live.frames import (
    LARGEST_FRAME,
    BadFrame,
    Shape,
    anything,
    encode,
    one_of,
    seq,
    uuid,
    word,
)
from tokdesk.common.live.socket import LiveSocket, Op, Question

logger = logging.getLogger(__name__)

MOST_FOLLOWED = 200
VIEWS = ("viewing", "away", "writing")
LIMITS = {
    "frame_bytes": LARGEST_FRAME,
    "frames_per_second": FRAMES_PER_SECOND,
    "burst": BURST,
    "subscriptions": MOST_FOLLOWED,
    "sockets": people.MOST_SOCKETS,
}
HELLO = Shape({"ticket": word, "v": one_of(1)})
MESSAGE = ("body", "visibility", "reply_to", "attachments", "seen_seq")
OPS = {
    "sub": Op(Shape({"conv": uuid}, {"seq": seq, "epoch": word}), "sub", is_grouped=True),
    "unsub": Op(Shape({"conv": uuid}), "unsub"),
    "sub_inbox": Op(Shape(optional={"since": word, "epoch": word}), "sub_inbox"),
    "send": Op(
        Shape({"conv": uuid, "client_id": uuid}, dict.fromkeys(MESSAGE, anything)),
        "say",
    ),
    "read": Op(Shape({"conv": uuid, "seq": seq}), "read"),
    "recv": Op(Shape({"conv": uuid, "seq": seq}), "received"),
    "typing": Op(
        Shape({"conv": uuid}, {"visibility": one_of(*Visibility.values)}),
        "typing",
    ),
    "viewing": Op(Shape({"conv": uuid, "state": one_of(*VIEWS)}), "viewing"),
    "availability": Op(Shape({"state": one_of(*Availability.values)}), "available"),
}


class LimitReached(TokDeskError):
    """As many as one socket may follow."""

    default_code = "limit"
    default_detail = _("So many conversations are open here already. Close some of them first.")


class LiveConsumer(LiveSocket):
    """One tab of one person: an agent's inbox or a customer's conversations."""

    ops: ClassVar[Mapping[str, Op]] = OPS

    def __init__(self) -> None:
        super().__init__()
        self.sight: Sight
        self.who: people.Who
        self.expires_at: datetime = timezone.now()
        self.followed: dict[UUID, Follower] = {}
        self.typed_at: dict[UUID, float] = {}
        # With the time when it was said last.
        self.views: dict[UUID, tuple[str, float]] = {}

    # Coming and going

    async def hello(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        given = HELLO.read(values)
        if self.actor is not None:
            raise Denied("already_authenticated", _("You are signed in on this connection."))
        if self.hub.is_closing:
            self.close(RESTARTING, retry_after=1)
            return
        try:
            entered = await self.hub.run(
                people.come_in,
                given["ticket"],
                self.id,
                self.address(),
                self.user_agent(),
                accepted_request_id(None),
            )
        except (Unauthenticated, Denied, NotFound):
            self.close(UNAUTHENTICATED)
            return
        except people.TooManySockets:
            self.close(TOO_MANY)
            return
        except Exception as error:
            logger.warning("nobody could come in: %s", type(error).__name__)
            self.close(RESTARTING, retry_after=1)
            return
        self._enter(entered, ref)

    def _enter(self, entered: people.Entered, ref: dict[str, Any]) -> None:
        company_id = entered.who.company_id
        if not self.is_open:
            # Gone before it was let in: nobody else takes it off the list of who is there.
            gone = [(entered.who.sight.member_id, self.id)]
            self.hub.spawn(self.hub.run(people.take_leave, company_id, gone))
            return
        self.who, self.sight = entered.who, entered.who.sight
        self.actor = self.sight.actor
        self.expires_at = entered.expires_at
        room = self.hub.enter(self, company_id)
        self.push(
            encode(
                "ready",
                session=str(self.who.session_id),
                member={**entered.person, "availability": entered.availability},
                company=entered.company,
                heartbeat_ms=int(BEAT_SECONDS * 1000),
                limits=LIMITS,
                bundle=settings.BUNDLE,
                **ref,
            )
        )
        room.presence.came(self)
        if room.rights is None or room.rights.version != self.sight.version:
            room.check_soon()

    def last_words(self, frames: Sequence[Mapping[str, Any]]) -> None:
        """How far this person had come."""
        for frame in frames:
            if frame["op"] in ("read", "recv"):
                with contextlib.suppress(BadFrame):
                    values = OPS[frame["op"]].shape.read(frame)
                    self._note_progress(frame["op"], values)

    def has_caught_up(self) -> None:
        if self.room.inbox.is_heard_by(self):
            # Rows and numbers did not come while nothing was read.
            self.room.inbox.tell_to_ask([self], "pruned")

    def left(self) -> None:
        room = self.room
        if room is None:
            return
        for conversation_id in tuple(self.followed):
            self._unfollow(conversation_id)
        for conversation_id in tuple(self.views):
            room.signs.left(conversation_id, self)
        room.inbox.left(self)
        room.pointers.left(self)
        room.presence.left(self)

    @property
    def session_id(self) -> UUID:
        return self.who.session_id

    # What the room says

    def renew(self, sight: Sight, expires_at: datetime) -> None:
        """The person as they are now."""
        before = self.sight.actor
        self.actor = replace(
            sight.actor,
            ip=before.ip,
            user_agent=before.user_agent,
            request_id=before.request_id,
        )
        self.sight = replace(sight, actor=self.actor)
        self.who = people.Who(self.sight, self.who.session_id)
        self.expires_at = expires_at

    def lose(self, conversation_id: UUID) -> None:
        """It is out of this person's sight."""
        follower = self.followed.get(conversation_id)
        # Who still waits for an answer gets that one, and no other.
        if self._unfollow(conversation_id) and follower is not None and follower.has_begun:
            self.push_error(Denied("gone"), {}, conv=str(conversation_id))

    def start_over(self, conversation_id: UUID, epoch: str) -> None:
        """The log is another one now."""
        follower = self.followed.get(conversation_id)
        if follower is None or not self._unfollow(conversation_id):
            return
        if follower.has_begun:
            self._push_epoch(conversation_id, epoch, {})
        else:
            # Who still waits for an answer gets that one, and no other.
            follower.epoch = epoch

    def _push_epoch(self, conversation_id: UUID, epoch: str, ref: Mapping[str, Any]) -> None:
        conv = str(conversation_id)
        self.push(encode("resync", conv=conv, reason="epoch", head=0, epoch=epoch, **ref))

    def heads(self) -> dict[str, int]:
        if self.room is None:
            return {}
        begun = (each for each, follower in self.followed.items() if follower.has_begun)
        topics = (self.room.topics.get(each) for each in begun)
        is_whole = self.sight.sees_notes
        return {
            str(topic.conversation_id): topic.head if is_whole else topic.public_head
            for topic in topics
            if topic is not None and topic.head is not None
        }

    # Frames

    async def sub(self, frames: Sequence[Question]) -> None:
        """Who asks for one conversation twice at once gets two answers, one after the other."""
        while frames and self.is_open:
            now: dict[UUID, Question] = {}
            later = []
            for question in frames:
                if now.setdefault(question[0]["conv"], question) is not question:
                    later.append(question)
            try:
                await self._follow(list(now.values()))
            except Exception as error:
                # Those who have their answer keep it.
                self.refuse(error, [ref for _, ref in now.values()])
            frames = later

    async def _follow(self, frames: Sequence[Question]) -> None:
        asked = [
            (answers.Asked(values["conv"], values.get("seq"), values.get("epoch"), ref), follower)
            for values, ref in frames
            if (follower := self._begin_to_follow(values["conv"], ref))
        ]
        if not asked:
            return
        try:
            with_news = not self.window.is_full
            found = await self._do(answers.open_logs, [each for each, _ in asked], with_news)
        except BaseException:
            for each, follower in asked:
                self._give_up(each.conversation_id, follower)
            raise
        for (each, follower), opened in zip(asked, found, strict=True):
            is_lost = self.followed.get(each.conversation_id) is not follower
            if opened is not None and follower.epoch is not None:
                self._push_epoch(each.conversation_id, follower.epoch, each.ref)
            elif opened is None or is_lost:
                self._give_up(each.conversation_id, follower)
                self.push_error(NotFound(), each.ref)
            else:
                self._show(each.conversation_id, follower, opened)

    def _begin_to_follow(self, conversation_id: UUID, ref: Mapping[str, Any]) -> Follower | None:
        """Before the log is read, so that nothing falls between the answer and what follows."""
        if conversation_id not in self.followed and len(self.followed) >= MOST_FOLLOWED:
            self.push_error(LimitReached(), ref)
            return None
        follower: Follower = self.room.follow(conversation_id, self)
        self.followed[conversation_id] = follower
        return follower

    def _give_up(self, conversation_id: UUID, follower: Follower) -> None:
        if self.followed.get(conversation_id) is follower:
            self._unfollow(conversation_id)

    def _show(self, conversation_id: UUID, follower: Follower, opened: answers.Opened) -> None:
        self.room.stands_at(conversation_id, opened.head, opened.public_head)
        self.push(opened.bare if self.window.is_full else opened.answer)
        follower.begin(opened.place)
        if self.sight.sees_notes:
            for frame in self.room.signs.views(conversation_id, self.sight.member_id):
                self.push(frame)

    async def unsub(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        self._unfollow(values["conv"])
        self.push(encode("ok", **ref))

    async def sub_inbox(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        # As above: from now on nothing is missed, though a row may come before the answer.
        self.room.inbox.listen(self)
        if self.window.is_full:
            # What changed would not be read; it is asked for anew when this was.
            values["since"] = None
        opened = await self._do(answers.open_inbox, values.get("since"), values.get("epoch"), ref)
        self.room.inbox.customer_knows(opened.known)
        self.push(opened.answer)
        self.room.inbox.answered(self)

    async def say(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        client_id, conversation_id = values.pop("client_id"), values.pop("conv")
        try:
            told = await self._do(answers.post, conversation_id, client_id, values)
        except Unauthenticated:
            raise
        except TokDeskError as error:
            self._refuse(error, client_id, ref)
        except Exception:
            logger.exception("a message could not be stored")
            self._refuse(Unavailable(), client_id, ref)
        else:
            self.push(encode("ack", client_id=str(client_id), **told, **ref))

    def _refuse(self, error: TokDeskError, client_id: UUID, ref: dict[str, Any]) -> None:
        has_message = "message" in error.extra and not self.window.is_full
        more = {"message": error.extra["message"]} if has_message else {}
        if isinstance(error, Invalid) and error.fields:
            more["errors"] = {
                name: [{"code": each.code, "detail": str(each.detail)} for each in faults]
                for name, faults in error.fields.items()
            }
        told = {"client_id": str(client_id), "code": error.code, **self.detail(error), **more}
        self.push(encode("nack", **told, **ref))

    async def read(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        await self._require_sight(values["conv"])
        self._note_progress("read", values)

    async def received(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        await self._require_sight(values["conv"])
        self._note_progress("recv", values)

    def _note_progress(self, op: str, values: Mapping[str, Any]) -> None:
        read, received = (values["seq"], None) if op == "read" else (None, values["seq"])
        self.room.pointers.moved(self, values["conv"], read=read, received=received)

    async def typing(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        await self._require_sight(values["conv"])
        visibility = values.get("visibility", Visibility.PUBLIC)
        if visibility == Visibility.NOTE and not self.sight.sees_notes:
            raise Denied
        if not self.is_open:
            return
        self.room.signs.typing(self, values["conv"], visibility)

    async def viewing(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        await self._require_sight(values["conv"])
        # Who has left meanwhile looks at nothing any more.
        if not self.is_open:
            return
        self.room.signs.viewing(self, values["conv"], values["state"])

    async def available(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        await self._do(answers.set_availability, values["state"])
        self.push(encode("ok", **ref))

    # Parts

    async def _do(self, work: Any, *arguments: Any) -> Any:
        """In a thread, as the person of now; whose session has ended is shown out."""
        try:
            return await self.hub.run(work, self.who, *arguments)
        except Unauthenticated:
            self.close(UNAUTHENTICATED)
            raise

    async def _require_sight(self, conversation_id: UUID) -> None:
        """What is followed is seen: the room ends it within a second when that changes."""
        if conversation_id not in self.followed:
            await self._do(answers.require_visible, conversation_id)

    def _unfollow(self, conversation_id: UUID) -> bool:
        if self.followed.pop(conversation_id, None) is None:
            return False
        self.room.unfollow(conversation_id, self)
        return True
