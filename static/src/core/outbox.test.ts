/** How messages go out: in order, again where it helps, never twice. */

import { expect, test } from "vitest";
import { ApiError } from "./errors";
import { Browser, idOf, states } from "./testing/browser";
import { settled } from "./testing/clock";
import { LARA, message } from "./testing/objects";

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
