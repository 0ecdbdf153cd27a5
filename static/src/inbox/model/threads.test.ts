import { expect, test } from "vitest";
import type { Position } from "../../core/api";
import { ApiError } from "../../core/errors";
import { settled } from "../../core/testing/clock";
import { Model } from "../../core/testing/logserver";
import { event, LARA, message } from "../../core/testing/objects";
import type { MessagePage } from "../../core/types";
import { Threads } from "./threads";

const from = (first: number, last: number) =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => message(first + n));

/** A log of so many messages, read by pages. */
async function world(head: number) {
  const model = new Model();
  model.head = head;
  const asked: string[] = [];
  const log: { fails: boolean; gate: Promise<void> | null } = { fails: false, gate: null };
  const askedLines: number[] = [];
  const messages = async (
    _conv: string,
    position: Position = {},
    limit = 50,
  ): Promise<MessagePage> => {
    asked.push(`${JSON.stringify(position)} ${limit}`);
    if (log.fails) throw new ApiError({ status: 500, code: "broken", requestId: "r-1" });
    const at = position as { before?: number; after?: number; around?: number };
    const last = at.before ? at.before - 1 : at.around ? at.around + limit / 2 : model.head;
    const first = at.after ? at.after + 1 : Math.max(1, last - limit + 1);
    const end = Math.min(model.head, at.after ? at.after + limit : last);
    const results = from(first, end);
    const page = { results, has_before: first > 1, has_after: end < model.head, head: model.head };
    await log.gate;
    return page;
  };
  const events = async (_conv: string, after: number) => {
    askedLines.push(after);
    const end = Math.min(model.head, after + 300);
    const isWhole = end === model.head;
    const lines = isWhole ? [] : [event(end, "conversation.archived", { archived: true })];
    return { epoch: "e1", head: model.head, events: lines, complete: isWhole };
  };
  const threads = new Threads({
    api: { messages, events },
    followers: model.followers,
    me: LARA.id,
  });
  model.socket.start();
  await settled();
  const seqs = () => {
    const all = threads.get("c1").thread.messages.map((each) => each.seq);
    return `${all[0]}..${all.at(-1)}`;
  };
  return { model, threads, asked, askedLines, log, seqs };
}

test("it opens at the end, and follows the log", async () => {
  const { model, threads, asked, seqs } = await world(120);

  threads.open("c1", 0);
  await settled();
  expect([seqs(), threads.get("c1").target, asked]).toEqual(["71..120", { seq: "end" }, ["{} 50"]]);

  model.head = 121;
  model.deliver(121);
  await settled();
  expect([seqs(), threads.get("c1").follow]).toEqual(["71..121", "live"]);
});

test("with unread messages it opens at the first of them", async () => {
  const { threads, asked } = await world(120);

  threads.open("c1", 60);
  await settled();

  const { thread, target } = threads.get("c1");
  expect([thread.newFrom, target, asked]).toEqual([61, { seq: "new" }, ["{} 70"]]);
});

test("a link opens around its message", async () => {
  const { threads, asked, seqs } = await world(500);

  threads.open("c1", 3, 200);
  await settled();

  expect([seqs(), threads.get("c1").target, asked[0]]).toEqual([
    "176..225",
    { seq: 200 },
    '{"around":200} 50',
  ]);
});

test("older messages are read once at a time, until there are none", async () => {
  const { threads, asked, seqs } = await world(80);
  threads.open("c1", 0);
  await settled();

  await Promise.all([threads.loadOlder("c1"), threads.loadOlder("c1")]);
  expect(seqs()).toBe("1..80");
  await threads.loadOlder("c1");

  expect(asked).toEqual(["{} 50", '{"before":31} 50']);
});

test("what could not be read is said, and read at the next try", async () => {
  const { threads, log, seqs } = await world(80);
  log.fails = true;
  threads.open("c1", 0);
  await settled();
  const { isLoaded, loading, error } = threads.get("c1");
  expect([isLoaded, loading, error?.requestId]).toEqual([false, "failed", "r-1"]);

  log.fails = false;
  await threads.load("c1");
  expect([seqs(), threads.get("c1").loading]).toEqual(["31..80", "idle"]);

  log.fails = true;
  await threads.loadOlder("c1");
  expect([seqs(), threads.get("c1").older]).toEqual(["31..80", "failed"]);
});

test("to the end of a window that lies elsewhere the newest page is read", async () => {
  const { threads, seqs } = await world(500);
  threads.open("c1", 0, 100);
  await settled();

  await threads.toEnd("c1");

  expect([seqs(), threads.get("c1").target]).toEqual(["451..500", { seq: "end" }]);
});

test("a log that begins anew is read anew, where one stands in it", async () => {
  const { model, threads, asked, seqs } = await world(500);
  threads.open("c1", 0, 100);
  await settled();
  model.epoch = "e2";

  model.server.last.say({ op: "resync", conv: "c1", reason: "epoch", head: 500, epoch: "e2" });
  await settled();

  expect([seqs(), asked]).toEqual(["77..126", ['{"around":100} 50', '{"around":101} 50']]);
});

test("one that was open before is there at once and goes on from its place", async () => {
  const { model, threads, asked, seqs } = await world(20);
  threads.open("c1", 0);
  await settled();
  threads.leave("c1");
  model.head = 22;

  threads.open("c1", 0);
  expect(seqs()).toBe("1..20");
  await settled();

  expect([seqs(), asked.length]).toEqual(["1..22", 1]);
});

/** Holds back what is read from now on, until it is let go. */
function hold(log: { gate: Promise<void> | null }) {
  let go = () => {};
  log.gate = new Promise((resolve) => {
    go = () => {
      log.gate = null;
      resolve();
    };
  });
  return () => go();
}

test("what is said while a page is on its way is not lost with it", async () => {
  const { model, threads, log, seqs } = await world(20);
  const go = hold(log);
  threads.open("c1", 0);
  await settled();

  for (model.head = 21; model.head <= 23; model.head += 1) model.deliver(model.head);
  model.head = 23;
  await settled();
  go();
  await settled();

  expect([seqs(), threads.get("c1").thread.messages.length]).toEqual(["1..23", 23]);
});

test("a page that is older than where the log begins is read again", async () => {
  const { model, threads, asked, log, seqs } = await world(20);
  model.delay = 100;
  const go = hold(log);
  threads.open("c1", 0);
  await settled();

  model.head = 22;
  await model.clock.pass(100);
  go();
  await settled();

  expect([seqs(), asked]).toEqual(["1..22", ["{} 50", "{} 50"]]);
});

test("what came after one has left is read again the next time", async () => {
  const { model, threads, log, seqs } = await world(20);
  const go = hold(log);
  threads.open("c1", 0);
  await settled();
  model.head = 21;
  model.deliver(21);
  threads.leave("c1");
  go();
  await settled();

  threads.open("c1", 0);
  await settled();

  expect(seqs()).toBe("1..21");
});

test("entries of the log are told once, messages and lines alike", async () => {
  const { model, threads } = await world(3);
  const told: number[] = [];
  threads.onEvents.add((_, events) => told.push(...events.map((each) => each.seq)));
  threads.open("c1", 0);
  await settled();

  const line = event(4, "conversation.status", { status: "pending" });
  model.head = 4;
  model.server.last.say({ op: "event", ...line });
  model.server.last.say({ op: "event", ...line });
  await settled();

  expect([told, threads.get("c1").thread.lines.map((each) => each.seq)]).toEqual([[4], [4]]);
});

test("out of sight it is gone, with the reason", async () => {
  const { model, threads } = await world(3);
  threads.open("c1", 0);
  await settled();

  model.server.last.say({ op: "err", code: "gone", detail: "", conv: "c1" });

  expect([threads.get("c1").follow, threads.get("c1").code]).toEqual(["gone", "gone"]);
});

function gate() {
  let open = () => {};
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, wait };
}

const isGapless = (seqs: readonly number[]) =>
  seqs.every((seq, n) => n === 0 || seq === (seqs[n - 1] ?? 0) + 1);
const seqsOf = (threads: Threads) => threads.get("c1").thread.messages.map((each) => each.seq);

test("what is said while the last page is on its way leaves no hole", async () => {
  const { model, threads, log, seqs } = await world(100);
  threads.open("c1", 0, 40);
  await settled();
  const { open, wait } = gate();
  log.gate = wait;
  const reading = threads.loadNewer("c1");
  await settled();

  model.head = 101;
  model.deliver(101);
  await settled();
  log.gate = null;
  open();
  await reading;
  model.head = 102;
  model.deliver(102);
  await settled();

  expect([seqs(), isGapless(seqsOf(threads))]).toEqual(["16..102", true]);
  expect(threads.get("c1").thread.hasAfter).toBe(false);
});

test("a page of a window that has gone on meanwhile is not put into another", async () => {
  const { threads, log, seqs } = await world(1000);
  threads.open("c1", 0, 300);
  await settled();
  const { open, wait } = gate();
  log.gate = wait;
  const reading = threads.loadOlder("c1");
  await settled();

  log.gate = null;
  await threads.toEnd("c1");
  open();
  await reading;

  expect([seqs(), isGapless(seqsOf(threads))]).toEqual(["951..1000", true]);
  expect(threads.get("c1").older).toBe("idle");
});

test("event lines are asked for as far as the window reaches, and no further", async () => {
  const { threads, askedLines } = await world(2000);

  threads.open("c1", 0, 300);
  await settled();
  expect(askedLines).toEqual([275]);
  await threads.loadOlder("c1");
  await settled();
  await threads.loadNewer("c1");
  await settled();

  expect(askedLines).toEqual([275, 225, 325]);
});
