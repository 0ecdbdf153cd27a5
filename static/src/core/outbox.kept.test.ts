/** What is kept of them: over reloads, between tabs, in a storage that fails. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { ApiError } from "./errors";
import { idMaker } from "./ids";
import { leases } from "./locks";
import { Outbox } from "./outbox";
import { Store } from "./store";
import { Browser, idOf, states } from "./testing/browser";
import { settled } from "./testing/clock";
import { FakePage } from "./testing/world";

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
