"""A live client as one ought to be: it keeps what it says, comes back, and asks for what it missed.

One class for readers and senders. Whatever breaks is met by coming back; nothing is raised to
whoever uses it. What the server did wrong stands in `faults()`.

    client = Client(Rest([8000], "agent@acme.example", PASSWORD), [8001])
    log = client.follow(conversation_id, seq=0)
    client.start()
    message = client.send(conversation_id, "Hello")
    await client.until(lambda: message.ack and log.seq == 2)
    await client.close()
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from bench.client_link import Link
from bench.client_log import Counters, Inbox, Log
from bench.client_outbox import Outbox, Outgoing
from bench.client_rest import Resync

MOST_SIGNS = 1000
# An answer that leaves a hole is not asked for again in a loop.
HOLE_PAUSE_SECONDS = 0.2


class Client(Link):
    """One socket of one person, with what it follows and what it wants to say."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.logs: dict[str, Log] = {}
        self.inbox = Inbox()
        self.outbox = Outbox()
        self.counters = Counters()
        # What nobody keeps: typing, viewing, presence, read, notification.
        self.signs: deque[dict[str, Any]] = deque(maxlen=MOST_SIGNS)
        self._followed: set[str] = set()
        self._asked: dict[str, str] = {}
        self._number = 0
        # What is being read by REST; "" is the inbox.
        self._reading: set[str] = set()

    # What one wants

    def follow(self, conv: str, seq: int | None = None) -> Log:
        """From this position on; without one, from where the log stands then."""
        log = self.logs.setdefault(conv, Log(conv, seq))
        self._followed.add(conv)
        if self.is_ready:
            self._ask(log)
        return log

    def unfollow(self, conv: str) -> None:
        self._followed.discard(conv)
        self.tell("unsub", conv=conv)

    def follow_inbox(self) -> Inbox:
        self.inbox.is_wanted = True
        if self.is_ready:
            self._ask_inbox()
        return self.inbox

    def send(self, conv: str, body: str, client_id: str = "", **fields: Any) -> Outgoing:
        """Sooner or later it is acknowledged or refused: `await message.done.wait()`."""
        message = Outgoing(conv, body, fields, client_id or str(uuid4()))
        self.outbox.put(message)
        self._flush(conv)
        return message

    @property
    def is_resumed(self) -> bool:
        """Everything wanted is as new as the server says."""
        inbox = self.inbox.is_live or not self.inbox.is_wanted
        return self.is_ready and inbox and not self._unresumed()

    def faults(self) -> list[str]:
        """What must not be, whatever died: holes, repeats, two places of one thing."""
        found = [fault for log in self.logs.values() for fault in log.faults()]
        return [*found, *self.outbox.conflicts, *self.bugs]

    # The link

    def _joined(self) -> None:
        for conv in sorted(self._followed):
            self._ask(self.logs[conv])
        if self.inbox.is_wanted:
            self._ask_inbox()
        self._flush_all()

    def _dropped(self) -> None:
        self._reading.clear()
        self._asked.clear()
        self.outbox.stranded()
        self.inbox.is_live, self.inbox.asked_at = False, None
        for log in self.logs.values():
            log.is_live, log.asked_at = False, None

    def _hear(self, frame: dict[str, Any]) -> None:
        known = getattr(self, f"_on_{frame['op']}", None)
        if known is None:
            self.signs.append(frame)
        else:
            known(frame)

    def _look(self, now: float) -> None:
        """Ask again for what was not answered."""
        before = now - self.patience
        self.outbox.stranded(before)
        for log in self._unresumed():
            is_late = log.asked_at is not None and log.asked_at < before
            if is_late and log.conv not in self._reading:
                self._ask(log)
        if self.inbox.asked_at is not None and self.inbox.asked_at < before:
            self._ask_inbox()
        self._flush_all()

    # Asking and saying

    def _ask(self, log: Log) -> None:
        """Subscribe behind what is known, again and again until nothing is missing."""
        self.counters.asked += log.is_live
        log.is_live, log.gone, log.asked_at = False, "", time.monotonic()
        named: dict[str, Any] = {}
        if log.seq is not None:
            named = {"seq": log.seq} | ({"epoch": log.epoch} if log.epoch else {})
        self._push({"op": "sub", "conv": log.conv, "ref": self._ref(log.conv), **named})

    def _ask_inbox(self) -> None:
        inbox = self.inbox
        inbox.is_live, inbox.asked_at = False, time.monotonic()
        named = {"since": inbox.as_of, "epoch": inbox.epoch} if inbox.as_of else {}
        self._push({"op": "sub_inbox", "ref": self._ref(""), **named})

    def _ref(self, conv: str) -> str:
        self._number += 1
        self._asked[f"r{self._number}"] = conv
        return f"r{self._number}"

    def _unresumed(self) -> list[Log]:
        followed = (self.logs[conv] for conv in self._followed)
        return [log for log in followed if not log.is_live and not log.gone]

    def _flush(self, conv: str) -> None:
        """Say the next thing there, once what others said is known."""
        log = self.logs[conv] if conv in self._followed else None
        is_behind = self._unresumed() if log is None else not (log.is_live or log.gone)
        if not self.is_ready or is_behind:
            return
        now = time.monotonic()
        if message := self.outbox.due(conv, now):
            self.counters.resent += message.tries > 0
            message.tries, message.sent_at = message.tries + 1, now
            self._push(message.frame())

    def _flush_all(self) -> None:
        for conv in tuple(self.outbox.waiting):
            self._flush(conv)

    # Frames

    def _on_hb(self, frame: dict[str, Any]) -> None:
        for conv, head in frame["heads"].items():
            log = self.logs.get(conv)
            if log is not None and log.is_live and log.seq is not None and head > log.seq:
                self._ask(log)

    def _on_sub_ok(self, frame: dict[str, Any]) -> None:
        log = self._answered(frame)
        if log is None:
            return
        log.epoch = frame["epoch"]
        if not frame["recovered"]:
            self._read(log)
            return
        if log.seq is None:
            log.seq = int(frame["head"])
        for event in frame["events"]:
            log.take(event, self.counters)
        self._caught_up(log, int(frame["head"]))

    def _on_event(self, frame: dict[str, Any]) -> None:
        if frame["conv"] in self._followed:
            log = self.logs[frame["conv"]]
            log.take(frame, self.counters)
            if log.aside and log.is_live:
                self._ask(log)

    def _on_resync(self, frame: dict[str, Any]) -> None:
        self.counters.resyncs += 1
        if frame["conv"] is None:
            self.inbox.resyncs.append(frame["reason"])
            self.inbox.forget()
            self._ask_inbox()
        elif log := self._answered(frame):
            self._read(log, Resync(frame["reason"], frame["epoch"]))

    def _on_inbox_ok(self, frame: dict[str, Any]) -> None:
        self._asked.pop(frame.get("ref", ""), None)
        self.inbox.answered(frame)
        if not self.inbox.is_read and "" not in self._reading:
            self._reading.add("")
            self._spawn(self._read_list())

    def _on_inbox(self, frame: dict[str, Any]) -> None:
        self.inbox.show(frame["conversation"])

    def _on_inbox_gone(self, frame: dict[str, Any]) -> None:
        self.inbox.lose(frame["conv"])

    def _on_counts(self, frame: dict[str, Any]) -> None:
        told = {name: value for name, value in frame.items() if name != "op"}
        self.inbox.counts = told.get("counts", told)

    def _on_ack(self, frame: dict[str, Any]) -> None:
        self.outbox.acknowledged(frame)
        self._flush(frame["conv"])

    def _on_nack(self, frame: dict[str, Any]) -> None:
        if message := self.outbox.not_acknowledged(frame):
            self.counters.refused += message.refusal is not None
            self._flush(message.conv)

    def _on_err(self, frame: dict[str, Any]) -> None:
        self.errors[frame["code"]] += 1
        named = self._asked.pop(frame["ref"], "") if "ref" in frame else frame.get("conv", "")
        log = self.logs.get(named)
        if "retry_after" in frame or frame["code"] in ("rate", "unavailable"):
            self._be_patient(float(frame.get("retry_after") or 1))
        elif log is not None:
            log.gone, log.is_live, log.asked_at = frame["code"], False, None
            self._flush_all()

    def _be_patient(self, seconds: float) -> None:
        """Some frame was not taken, and nobody says which: all that waits is asked again then."""
        asked_at = time.monotonic() + seconds - self.patience
        for log in self._unresumed():
            log.asked_at = asked_at
        if self.inbox.asked_at is not None:
            self.inbox.asked_at = asked_at
        self.outbox.sent(asked_at)

    # Catching up

    def _answered(self, frame: Mapping[str, Any]) -> Log | None:
        self._asked.pop(frame.get("ref", ""), None)
        return self.logs.get(frame["conv"]) if frame["conv"] in self._followed else None

    def _caught_up(self, log: Log, head: int) -> None:
        log.drain(self.counters)
        log.asked_at = None
        log.is_live = not log.aside and (log.seq or 0) >= head
        if not log.is_live:
            self.counters.short_answers += 1
            log.asked_at = time.monotonic() - self.patience + HOLE_PAUSE_SECONDS
        self._flush_all()

    def _read(self, log: Log, resync: Resync | None = None) -> None:
        if log.conv not in self._reading:
            self._reading.add(log.conv)
            self._spawn(self._read_log(log, resync))

    async def _read_log(self, log: Log, resync: Resync | None) -> None:
        """By REST, what was too much for one frame; or all of it, where the log is another one."""
        while resync is None:
            page = await self.rest.events(log.conv, log.seq or 0, log.epoch)
            if isinstance(page, Resync):
                self.counters.resyncs += 1
                resync = page
            elif page is None:
                await self._wait()
            else:
                self.counters.pages += 1
                for event in page["events"]:
                    log.take(event, self.counters)
                if page["complete"]:
                    self._reading.discard(log.conv)
                    self._caught_up(log, int(page["head"]))
                    return
        await self._read_anew(log, resync)

    async def _read_anew(self, log: Log, resync: Resync) -> None:
        down_to = (log.seq or 0) if resync.reason == "pruned" else 0
        while (now := await self.rest.messages(log.conv, down_to)) is None:
            await self._wait()
        log.reread |= now.messages
        log.restart(resync.reason, now.head, resync.epoch or log.epoch)
        self._reading.discard(log.conv)
        self._ask(log)

    async def _read_list(self) -> None:
        while (rows := await self.rest.conversations()) is None:
            await self._wait()
        self._reading.discard("")
        self.inbox.read(rows)

    async def _wait(self) -> None:
        await asyncio.sleep(self.chance.uniform(0, 1))
