import fc from "fast-check";
import { expect, test } from "vitest";
import { ApiError } from "./errors";
import { idMaker } from "./ids";
import { leases } from "./locks";
import { Outbox, type Place, type Way } from "./outbox";
import { Store } from "./store";
import { ManualClock, settled } from "./testing/clock";
import { LARA, message } from "./testing/objects";
import { FakePage, MemoryStorage } from "./testing/world";
import type { NewMessage } from "./types";

type Send = (way: Way, conv: string, message: NewMessage) => Promise<Place>;

/** One browser: a storage that its tabs share, and a server that stores each client_id once. */
class Browser {
  readonly clock = new ManualClock();
  readonly storage = new MemoryStorage();
  readonly stored: NewMessage[] = [];
  readonly sent: string[] = [];
  readonly pages: FakePage[] = [];
  way: Way = "socket";
  private readonly newId = idMaker(this.clock.now);
  private readonly held = new Set<string>();

  accept: Send = async (way, _, { client_id: id, ...rest }) => {
    this.sent.push(`${way} ${rest.body}`);
    let at = this.stored.findIndex((each) => each.client_id === id);
    if (at < 0) at = this.stored.push({ client_id: id, ...rest }) - 1;
    return { id: `m${at + 1}`, seq: at + 1 };
  };
  send: Send = this.accept;

  tab(storage: Storage = this.storage): Outbox {
    const page = new FakePage();
    this.pages.push(page);
    return new Outbox({
      store: new Store(storage, "outbox.lara."),
      clock: this.clock,
      page,
      newId: this.newId,
      locks: {
        run: async (name, work) => {
          if (this.held.has(name)) return false;
          this.held.add(name);
          await work().finally(() => this.held.delete(name));
          return true;
        },
      },
      way: () => this.way,
      send: (...asked) => this.send(...asked),
      chance: () => 1,
    });
  }

  /** Browsers tell the other tabs of what one has written. */
  spread(): void {
    for (const page of this.pages) page.written(null);
  }

  bodies(): string[] {
    return this.stored.map((each) => each.body);
  }
}

const states = (outbox: Outbox, conv = "c1") =>
  outbox.list(conv).map((each) => `${each.message.body} ${each.state}`);
const idOf = (outbox: Outbox, at = 0) => outbox.list("c1")[at]?.message.client_id ?? "";

test("a message is there at once, and sent until it is seen in the log", async () => {
  const browser = new Browser();
  const outbox = browser.tab();
  const told: string[] = [];
  outbox.onChange.add((conv) => told.push(`${conv}: ${states(outbox, conv)}`));

  const item = outbox.put("c1", { body: "a", seen_seq: 4 });
  await settled();

  expect(told).toEqual(["c1: a queued", "c1: a sending", "c1: a sent"]);
  expect(outbox.list("c1")[0]?.place).toEqual({ id: "m1", seq: 1, at: browser.clock.now() });
  expect(browser.stored).toEqual([{ client_id: item.message.client_id, body: "a", seen_seq: 4 }]);
  outbox.seen(item.message.client_id);
  expect(outbox.list("c1")).toEqual([]);
  expect(browser.storage.length).toBe(0);
});

test("the list is the same array until something changes", async () => {
  const browser = new Browser();
  browser.way = "wait";
  const outbox = browser.tab();
  outbox.put("c1", { body: "a" });

  const list = outbox.list("c1");

  expect(outbox.list("c1")).toBe(list);
});

test("messages of one conversation go in order, others do not wait for them", async () => {
  const browser = new Browser();
  const waiting: (() => void)[] = [];
  browser.send = async (...asked) => {
    if (asked[1] === "c1") await new Promise<void>((resolve) => waiting.push(resolve));
    return browser.accept(...asked);
  };
  const outbox = browser.tab();

  outbox.put("c1", { body: "a" });
  outbox.put("c1", { body: "b" });
  outbox.put("c2", { body: "other" });
  await settled();

  expect(states(outbox)).toEqual(["a sending", "b queued"]);
  expect(browser.bodies()).toEqual(["other"]);
  waiting.shift()?.();
  await settled();
  waiting.shift()?.();
  await settled();
  expect(browser.bodies()).toEqual(["other", "a", "b"]);
});

test("what passes is tried again, with the same id and in order", async () => {
  const browser = new Browser();
  let failures = 3;
  const ids = new Set<string>();
  browser.send = async (...asked) => {
    ids.add(asked[2].client_id);
    if (failures-- > 0) throw new ApiError({ code: "unreachable" });
    return browser.accept(...asked);
  };
  const outbox = browser.tab();

  outbox.put("c1", { body: "a" });
  outbox.put("c1", { body: "b" });
  await settled();
  expect(states(outbox)).toEqual(["a queued", "b queued"]);
  await browser.clock.pass(500 + 1000 + 2000);

  expect(browser.bodies()).toEqual(["a", "b"]);
  expect(ids.size).toBe(2);
  expect(outbox.list("c1")[0]?.tries).toBe(4);
});

test("a server that says when is not asked sooner, but for a network that is back", async () => {
  const browser = new Browser();
  browser.send = () =>
    Promise.reject(new ApiError({ status: 429, code: "rate_limited", retryAfter: 20 }));
  const outbox = browser.tab();
  outbox.put("c1", { body: "a" });
  await settled();
  browser.send = browser.accept;

  await browser.clock.pass(19_999);
  outbox.flush();
  await settled();
  expect(browser.bodies()).toEqual([]);
  browser.pages[0]?.fire("online");
  await settled();

  expect(browser.bodies()).toEqual(["a"]);
});

test("a lost answer leads to one message, not two", async () => {
  const browser = new Browser();
  let isFirst = true;
  browser.send = async (...asked) => {
    const place = await browser.accept(...asked);
    if (isFirst) {
      isFirst = false;
      throw new ApiError({ code: "disconnected" });
    }
    return place;
  };
  const outbox = browser.tab();

  outbox.put("c1", { body: "a" });
  await browser.clock.pass(500);

  expect(browser.sent).toEqual(["socket a", "socket a"]);
  expect(browser.bodies()).toEqual(["a"]);
  expect(states(outbox)).toEqual(["a sent"]);
});

test("a refusal fails that message alone", async () => {
  const browser = new Browser();
  browser.send = (...asked) =>
    asked[2].body === "bad"
      ? Promise.reject(new ApiError({ status: 403, code: "closed", detail: "It is closed." }))
      : browser.accept(...asked);
  const outbox = browser.tab();

  outbox.put("c1", { body: "bad" });
  outbox.put("c1", { body: "good" });
  await settled();

  expect(states(outbox)).toEqual(["bad failed", "good sent"]);
  expect(outbox.list("c1")[0]?.reason).toEqual({
    code: "closed",
    detail: "It is closed.",
    errors: {},
    newer: null,
  });
});

test("what failed can be edited, tried again under the same id, or discarded", async () => {
  const browser = new Browser();
  browser.send = () => Promise.reject(new ApiError({ status: 400, code: "invalid" }));
  const outbox = browser.tab();
  outbox.put("c1", { body: "a" });
  outbox.put("c1", { body: "b" });
  await settled();
  const [id, other] = [idOf(outbox), idOf(outbox, 1)];
  browser.send = browser.accept;

  expect(outbox.edit(id, "better")).toBe(true);
  expect(states(outbox)).toEqual(["better failed", "b failed"]);
  expect(outbox.retry(id)).toBe(true);
  await settled();
  expect(outbox.discard(other)).toBe(true);

  expect(browser.stored).toEqual([{ client_id: id, body: "better" }]);
  expect(states(outbox)).toEqual(["better sent"]);
  expect([outbox.retry(id), outbox.retry("x"), outbox.edit("x", ""), outbox.discard("x")]).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("what may have arrived is not edited, what is on its way not discarded", async () => {
  const browser = new Browser();
  let refuse: (error: Error) => void = () => {};
  browser.send = () =>
    new Promise((_, reject) => {
      refuse = reject;
    });
  const outbox = browser.tab();
  outbox.put("c1", { body: "a" });
  await settled();

  expect(outbox.edit(idOf(outbox), "x")).toBe(false);
  expect(outbox.discard(idOf(outbox))).toBe(false);
  refuse(new TypeError("no network"));
  await settled();

  expect(outbox.edit(idOf(outbox), "x")).toBe(false);
  expect(outbox.discard(idOf(outbox))).toBe(false);
});

test("a newer reply keeps the text, says who answered, and is sent anyway when asked to", async () => {
  const browser = new Browser();
  const newer = message(7, { author: LARA });
  browser.send = (...asked) =>
    (asked[2].seen_seq ?? 0) < 7
      ? Promise.reject(
          new ApiError({ status: 409, code: "newer_reply", extra: { message: newer } }),
        )
      : browser.accept(...asked);
  const outbox = browser.tab();
  outbox.put("c1", { body: "a", seen_seq: 4 });
  await settled();

  expect(states(outbox)).toEqual(["a failed"]);
  expect(outbox.list("c1")[0]?.reason?.newer?.author?.name).toBe("Lara");
  outbox.retry(idOf(outbox), 7);
  await settled();

  expect(browser.stored).toMatchObject([{ body: "a", seen_seq: 7 }]);
});

test("an id that the server knows with other words is given up when tried again", async () => {
  const browser = new Browser();
  browser.send = () => Promise.reject(new ApiError({ status: 409, code: "client_id_reused" }));
  const outbox = browser.tab();
  outbox.put("c1", { body: "a" });
  await settled();
  const before = idOf(outbox);
  browser.send = browser.accept;

  outbox.retry(before);
  await settled();

  expect(browser.stored.length).toBe(1);
  expect(browser.stored[0]?.client_id).not.toBe(before);
});

test("without a way it waits, and goes out in order when there is one", async () => {
  const browser = new Browser();
  browser.way = "wait";
  const outbox = browser.tab();
  for (const body of ["a", "b", "c"]) outbox.put("c1", { body });
  await settled();
  expect(states(outbox)).toEqual(["a queued", "b queued", "c queued"]);
  expect(outbox.edit(idOf(outbox, 1), "B")).toBe(true);

  browser.way = "rest";
  outbox.flush();
  await settled();

  expect(browser.sent).toEqual(["rest a", "rest B", "rest c"]);
});

test("a reload loses nothing, doubles nothing and keeps the order", async () => {
  const browser = new Browser();
  browser.send = async (...asked) => {
    await browser.accept(...asked);
    return new Promise(() => {});
  };
  const before = browser.tab();
  for (const body of ["a", "b", "c"]) before.put("c1", { body });
  await settled();
  before.close();
  const reloaded = new Browser();
  Object.assign(reloaded, { storage: browser.storage, stored: browser.stored });

  const outbox = reloaded.tab();
  expect(states(outbox)).toEqual(["a queued", "b queued", "c queued"]);
  outbox.flush();
  await settled();

  expect(reloaded.bodies()).toEqual(["a", "b", "c"]);
});

test("what failed is still there after a reload, what was sent long ago is not", async () => {
  const browser = new Browser();
  browser.send = (...asked) =>
    asked[2].body === "bad"
      ? Promise.reject(new ApiError({ status: 403, code: "closed" }))
      : browser.accept(...asked);
  const outbox = browser.tab();
  outbox.put("c1", { body: "bad" });
  outbox.put("c1", { body: "good" });
  await settled();
  expect(states(browser.tab())).toEqual(["bad failed", "good sent"]);

  await browser.clock.pass(60_001);

  expect(states(browser.tab())).toEqual(["bad failed"]);
});

test("several tabs show the same, and one of them sends", async () => {
  const browser = new Browser();
  browser.way = "wait";
  const [one, two] = [browser.tab(), browser.tab()];
  one.put("c1", { body: "a" });
  await browser.clock.pass(1);
  two.put("c1", { body: "b" });
  browser.spread();
  expect(states(one)).toEqual(["a queued", "b queued"]);
  expect(states(two)).toEqual(["a queued", "b queued"]);

  browser.way = "socket";
  one.flush();
  two.flush();
  await settled();
  browser.spread();
  await browser.clock.pass(5000);

  expect(browser.sent).toEqual(["socket a", "socket b"]);
  expect(states(two)).toEqual(["a sent", "b sent"]);
  one.seen(idOf(one));
  browser.spread();
  expect(states(two)).toEqual(["b sent"]);
});

test("a message put while another tab sends is sent when that one is done", async () => {
  const browser = new Browser();
  const [one, two] = [browser.tab(), browser.tab()];
  let go: () => void = () => {};
  browser.send = async (...asked) => {
    if (asked[2].body === "a") {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
    }
    return browser.accept(...asked);
  };
  one.put("c1", { body: "a" });
  await settled();
  two.put("c1", { body: "b" });
  await settled();
  expect(browser.bodies()).toEqual([]);

  go();
  await browser.clock.pass(2000);

  expect(browser.bodies()).toEqual(["a", "b"]);
});

test("a storage that is full or missing does not stop a message", async () => {
  const browser = new Browser();
  browser.storage.isFull = true;
  const outbox = browser.tab();

  outbox.put("c1", { body: "a" });
  browser.spread();
  await settled();

  expect(states(outbox)).toEqual(["a sent"]);
});

test("nonsense in storage is passed over", () => {
  const browser = new Browser();
  const { storage } = browser;
  storage.setItem("outbox.lara.x", "{");
  storage.setItem("outbox.lara.y", '{"conv":1,"message":{}}');
  storage.setItem("outbox.lara.z", '{"conv":"c1","message":{"client_id":"other","body":"b"}}');
  storage.setItem("outbox.lara.w", '{"conv":"c1","message":{"client_id":1}}');
  storage.setItem("outbox.omar.v", '{"conv":"c1","message":{"client_id":"v","body":"b"}}');

  expect(browser.tab().list("c1")).toEqual([]);
});

test("a lock that fails is asked for again", async () => {
  const browser = new Browser();
  const { clock, storage } = browser;
  let isBroken = true;
  const locks = leases(new Store(storage, "lock."), clock, "tab");
  const outbox = new Outbox({
    store: new Store(storage, "outbox.lara."),
    clock,
    page: new FakePage(),
    newId: idMaker(clock.now),
    locks: {
      run: (name, work) =>
        isBroken ? Promise.reject(new Error("no lock")) : locks.run(name, work),
    },
    way: () => "rest",
    send: browser.accept,
  });
  outbox.put("c1", { body: "a" });
  await settled();
  isBroken = false;

  await clock.pass(2050);

  expect(browser.bodies()).toEqual(["a"]);
  outbox.close();
});

test("whatever fails, each message arrives once and in the order of writing", async () => {
  const outcome = fc.constantFrom("good", "lost", "unanswered", "slow");
  await fc.assert(
    fc.asyncProperty(fc.array(outcome, { maxLength: 30 }), async (outcomes) => {
      const browser = new Browser();
      const fates = [...outcomes];
      browser.send = async (...asked) => {
        const fate = fates.shift() ?? "good";
        if (fate === "lost") throw new ApiError({ code: "timeout" });
        const place = await browser.accept(...asked);
        if (fate === "unanswered") throw new ApiError({ code: "disconnected" });
        if (fate === "slow") await new Promise<void>((done) => browser.clock.after(70, done));
        return place;
      };
      const outbox = browser.tab();
      for (const body of ["a", "b", "c", "d"]) {
        outbox.put("c1", { body });
        await browser.clock.pass(100);
      }

      await browser.clock.pass(31_000 * 30);

      expect(browser.bodies()).toEqual(["a", "b", "c", "d"]);
      expect(outbox.list("c1").every((each) => each.state === "sent")).toBe(true);
    }),
  );
});

test.each(["an answer", "its echo"])("what is said is told once, by %s", async (how) => {
  const browser = new Browser();
  const [one, other] = [browser.tab(), browser.tab()];
  const told: string[] = [];
  for (const [name, tab] of [
    ["one", one],
    ["other", other],
  ] as const) {
    tab.onSaid.add(({ after }) => told.push(`${name} ${after}`));
  }
  if (how === "its echo") browser.send = () => new Promise(() => {});
  const {
    message: { client_id: id },
  } = one.put("c1", { body: "a" }, "resolve");
  await settled();

  one.seen(id);
  other.seen(id);
  await settled();

  expect(told).toEqual(["one resolve"]);
});
