import { expect, test } from "vitest";
import { Inbox } from "./inbox";
import { InboxFeed, type InboxPlace } from "./inboxfeed";
import { LiveSocket } from "./socket";
import { ManualClock, settled } from "./testing/clock";
import { LARA } from "./testing/objects";
import { ids, OPEN, row } from "./testing/rows";
import { FakeServer } from "./testing/wire";
import { FakePage } from "./testing/world";
import type { Conversation, Page } from "./types";

class World {
  readonly clock = new ManualClock();
  readonly server = new FakeServer();
  readonly asked: unknown[] = [];
  readonly read: unknown[] = [];
  rows = [row("b", 2), row("a", 1)];
  pages: (() => Promise<Page<Conversation>>)[] = [];
  answer: object = { op: "inbox_ok", counts: { open: 2 }, as_of: "t1", epoch: "e1", changed: [] };
  readonly socket = new LiveSocket({
    open: this.server.open,
    ticket: async () => ({ ticket: "t", expires_at: "", url: "/" }),
    clock: this.clock,
    page: new FakePage(),
    chance: () => 1,
  });
  readonly inbox = new Inbox(OPEN);
  readonly feed: InboxFeed;

  constructor(since?: InboxPlace) {
    this.server.hear = (wire, { ref, ...frame }: { ref?: string; op: string }) => {
      if (frame.op !== "sub_inbox") return;
      this.asked.push(frame);
      wire.say({ ...this.answer, ref });
    };
    const page = async (what: unknown) => {
      this.read.push(what);
      const next = this.pages.shift();
      return next ? next() : { results: this.rows, next: null, previous: null };
    };
    const api = { conversations: page, more: page } as never;
    const { socket, clock } = this;
    this.feed = new InboxFeed({ socket, api, clock, ...(since && { since }) });
  }

  async start(): Promise<void> {
    this.socket.start();
    this.feed.show(this.inbox);
    await settled();
  }
}

const QUERY = { status: "open", ordering: "-last_activity_at", limit: 50 };

test("what changed since the page was made is asked for with the first question", async () => {
  const world = new World({ as_of: "t0", epoch: "e1" });
  world.answer = { ...world.answer, changed: [row("c", 3)] };
  world.rows = [row("c", 3), row("b", 2), row("a", 1)];
  world.socket.start();
  world.feed.show(world.inbox, { results: [row("b", 2), row("a", 1)], next: null, previous: null });
  await settled();

  expect(world.asked).toEqual([{ op: "sub_inbox", since: "t0", epoch: "e1" }]);
  expect(ids(world.inbox)).toBe("c b a");
  // What went out of sight meanwhile is told by nobody.
  expect(world.read).toEqual([QUERY]);
});

test("it reads the list once and asks for what changes", async () => {
  const world = new World();
  const counts: unknown[] = [];
  world.feed.onCounts.add((each) => counts.push(each));
  await world.start();

  world.server.last.say({ op: "inbox", conversation: row("c", 3) });
  world.server.last.say({ op: "inbox_gone", conv: "a" });
  world.server.last.say({ op: "counts", open: 7, unread: 1 });

  expect(world.asked).toEqual([{ op: "sub_inbox" }]);
  expect(world.read).toEqual([QUERY]);
  expect(ids(world.inbox)).toBe("c b");
  expect(counts).toEqual([{ open: 2 }, { open: 7, unread: 1 }]);
  expect(world.feed.counts).toEqual({ open: 7, unread: 1 });
});

test("rows that the page brought are not read", async () => {
  const world = new World();
  world.socket.start();

  world.feed.show(world.inbox, { results: [row("z", 1)], next: null, previous: null });
  await settled();

  expect(world.read).toEqual([]);
  expect(ids(world.inbox)).toBe("z");
});

test("after a loss it resumes, and looks who is out of sight", async () => {
  const world = new World();
  await world.start();
  world.answer = { ...world.answer, as_of: "t2", changed: [row("a", 5)] };
  world.rows = [row("a", 5)];
  world.server.last.shut(1006);

  await world.clock.pass(500);

  expect(world.asked[1]).toEqual({ op: "sub_inbox", since: "t1", epoch: "e1" });
  expect(ids(world.inbox)).toBe("a");
});

test.each(["answered", "told"])("a resync, %s, starts over", async (how) => {
  const world = new World();
  await world.start();
  const good = world.answer;
  const resync = { op: "resync", conv: null, reason: "rights", head: 0, epoch: "" };
  world.rows = [row("x", 1)];

  if (how === "told") world.server.last.say(resync);
  else {
    world.answer = resync;
    world.server.hear = ((hear) => (wire, frame) => {
      hear(wire, frame);
      world.answer = good;
    })(world.server.hear);
    world.server.last.shut(1006);
  }
  await world.clock.pass(500);

  expect(world.asked.at(-1)).toEqual({ op: "sub_inbox" });
  expect(ids(world.inbox)).toBe("x");
});

test("what is told while the list is read is newer than the list", async () => {
  const world = new World();
  let give: () => void = () => {};
  world.pages.push(
    () =>
      new Promise((resolve) => {
        give = () => resolve({ results: world.rows, next: null, previous: null });
      }),
  );
  await world.start();

  world.server.last.say({ op: "inbox", conversation: row("c", 3) });
  world.server.last.say({ op: "inbox", conversation: row("d", 4) });
  world.server.last.say({ op: "inbox_gone", conv: "d" });
  world.server.last.say({ op: "inbox_gone", conv: "a" });
  give();
  await settled();

  expect(ids(world.inbox)).toBe("c b");
});

test("more is read where there is more, and as much again when it is read anew", async () => {
  const world = new World();
  const first = async () => ({ results: [row("b", 2)], next: "/more", previous: null });
  world.pages.push(first);
  await world.start();
  expect(world.inbox.list.hasMore).toBe(true);

  void world.feed.loadMore();
  await world.feed.loadMore();
  await settled();
  expect(ids(world.inbox)).toBe("b a");
  await world.feed.loadMore();
  world.pages.push(first);
  world.feed.refresh();
  await settled();

  expect(world.read).toEqual([QUERY, "/more", QUERY, "/more"]);
  expect(ids(world.inbox)).toBe("b a");
});

test("a list that cannot be read is told of and tried again", async () => {
  const world = new World();
  const errors: string[] = [];
  world.feed.onError.add((error) => errors.push(error.message));
  world.pages.push(() => Promise.reject(new Error("no network")));

  await world.start();
  expect(errors).toEqual(["no network"]);
  expect(world.inbox.list.isLoaded).toBe(false);
  await world.clock.pass(2000);

  expect(ids(world.inbox)).toBe("b a");
});

test("a page that cannot be read is told of", async () => {
  const world = new World();
  const errors: string[] = [];
  world.feed.onError.add((error) => errors.push(error.message));
  world.pages.push(async () => ({ results: [], next: "/more", previous: null }));
  await world.start();
  world.pages.push(() => Promise.reject(new Error("no network")));

  await world.feed.loadMore();

  expect(errors).toEqual(["no network"]);
});

test("a question that is not answered is asked again", async () => {
  const world = new World();
  const good = world.answer;
  world.answer = { op: "err", code: "unavailable", detail: "" };
  await world.start();
  world.answer = good;

  await world.clock.pass(2000);

  expect(world.asked.length).toBe(2);
  expect(world.feed.counts).toEqual({ open: 2 });
});

test("another view takes the place of one that is still read", async () => {
  const world = new World();
  const other = new Inbox({
    ...OPEN,
    id: "mine",
    matches: (each) => each.assignee?.id === LARA.id,
  });
  const mine = row("m", 1, { assignee: LARA });
  world.pages.push(() => new Promise(() => {}));
  await world.start();
  world.rows = [mine];

  world.feed.show(other);
  await settled();

  expect(ids(other)).toBe("m");
  expect(world.inbox.list.isLoaded).toBe(false);
  world.feed.close();
  world.server.last.say({ op: "inbox", conversation: row("n", 3, { assignee: LARA }) });
  expect(ids(other)).toBe("m");
});
