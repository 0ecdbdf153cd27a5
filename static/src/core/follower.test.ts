import { expect, test } from "vitest";
import { settled } from "./testing/clock";
import { Model, upTo } from "./testing/logserver";

test("without a position it starts where the log stands, and says so", async () => {
  const model = new Model();
  model.head = 5;

  await model.start();
  model.head = 6;
  model.deliver(6);

  expect(model.resets).toEqual([5]);
  expect(model.shown).toEqual(upTo(6));
  expect(model.followers.state("c1")).toBe("live");
  expect(model.followers.place("c1")).toEqual({ seq: 6, epoch: "e1" });
});

test("with a position it gets what happened since", async () => {
  const model = new Model();
  model.head = 5;

  await model.start({ seq: 2, epoch: "e1" });

  expect(model.resets).toEqual([]);
  expect(model.shown).toEqual([3, 4, 5]);
  expect(model.asked).toEqual([{ op: "sub", conv: "c1", seq: 2, epoch: "e1", ref: "r1" }]);
});

test("more than one answer holds is read by pages", async () => {
  const model = new Model();
  model.head = 11;

  await model.start({ seq: 0, epoch: "e1" });

  expect(model.shown).toEqual(upTo(11));
  expect(model.pages).toBe(4);
  expect(model.followers.state("c1")).toBe("live");
});

test("who is too far behind starts over", async () => {
  const model = new Model();
  model.head = 5000;

  await model.start({ seq: 1, epoch: "e1" });
  await model.clock.pass(250);

  expect(model.resets).toEqual([5000]);
  expect(model.pages).toBe(0);
});

test("a hole is asked for once", async () => {
  const model = new Model();
  await model.start({ seq: 0, epoch: "e1" });
  model.head = 3;
  model.delay = 50;

  model.deliver(2);
  model.deliver(3);
  model.beat();
  await model.clock.pass(50);

  expect(model.shown).toEqual([1, 2, 3]);
  expect(model.asked.length).toBe(2);
});

test("a heartbeat tells of what nobody heard", async () => {
  const model = new Model();
  await model.start({ seq: 0, epoch: "e1" });
  model.head = 2;

  model.beat();
  await settled();

  expect(model.shown).toEqual([1, 2]);
});

test("after a loss it resumes behind what it knows", async () => {
  const model = new Model();
  await model.start({ seq: 0, epoch: "e1" });
  model.head = 1;
  model.deliver(1);
  model.server.last.shut(1006);
  expect(model.followers.state("c1")).toBe("catching_up");
  model.head = 3;

  await model.clock.pass(1000);

  expect(model.shown).toEqual([1, 2, 3]);
  expect(model.asked.at(-1)).toMatchObject({ seq: 1, epoch: "e1" });
});

test("what was being read when the connection was lost does not make it live", async () => {
  const model = new Model();
  model.head = 9;
  const { events } = model;
  let go: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  model.events = async (...asked) => {
    await gate;
    return events(...asked);
  };
  await model.start({ seq: 0, epoch: "e1" });
  model.server.last.shut(1006);

  go();
  await settled();

  expect(model.followers.state("c1")).toBe("catching_up");
  await model.clock.pass(1000);
  expect(model.shown).toEqual(upTo(9));
  expect(model.followers.state("c1")).toBe("live");
});

test.each(["answered", "told"])("another epoch, %s, starts over", async (how) => {
  const model = new Model();
  model.head = 3;
  await model.start({ seq: 3, epoch: "e1" });
  model.epoch = "e2";
  model.head = 1;

  if (how === "answered") model.server.last.shut(1006);
  else model.server.last.say({ op: "resync", conv: "c1", reason: "epoch", head: 0, epoch: "e2" });
  await model.clock.pass(1000);

  expect(model.resets).toEqual([1]);
  expect(model.shown).toEqual([1]);
  expect(model.followers.place("c1")).toEqual({ seq: 1, epoch: "e2" });
});

test("an epoch that changes while pages are read starts over", async () => {
  const model = new Model();
  model.head = 20;
  const { events } = model;
  model.events = async (...asked) => {
    if (model.pages === 2) model.epoch = "e2";
    return events(...asked);
  };

  await model.start({ seq: 0, epoch: "e1" });
  await model.clock.pass(1000);

  expect(model.resets).toEqual([20]);
  expect(model.followers.state("c1")).toBe("live");
});

test("an answer with a hole is not asked for in a loop", async () => {
  const model = new Model();
  await model.start({ seq: 0, epoch: "e1" });
  model.head = 2;
  model.isHoled = true;

  model.deliver(2);
  await model.clock.pass(1000);

  expect(model.asked.length).toBe(6);
  model.isHoled = false;
  await model.clock.pass(250);
  expect(model.shown).toEqual([1, 2]);
});

test("what cannot be seen is gone, and comes back when it can", async () => {
  const model = new Model();
  model.refusal = { code: "not_found" };
  await model.start();
  await model.clock.pass(10_000);
  expect(model.states).toEqual([["gone", "not_found"]]);
  expect(model.asked.length).toBe(1);
  model.refusal = null;

  model.server.last.shut(1006);
  await model.clock.pass(1000);

  expect(model.followers.state("c1")).toBe("live");
});

test("a right that is lost ends it", async () => {
  const model = new Model();
  await model.start({ seq: 0, epoch: "e1" });

  model.server.last.say({ op: "err", code: "gone", detail: "", conv: "c1" });

  expect(model.states).toEqual([
    ["live", ""],
    ["gone", "gone"],
  ]);
});

test("a refusal that passes is asked again when the server says", async () => {
  const model = new Model();
  model.refusal = { code: "unavailable", retry_after: 3 };
  await model.start();
  model.refusal = null;

  await model.clock.pass(2999);
  expect(model.followers.state("c1")).toBe("catching_up");
  await model.clock.pass(1);

  expect(model.followers.state("c1")).toBe("live");
});

test("what is not followed any more is not told", async () => {
  const model = new Model();
  await model.start({ seq: 0, epoch: "e1" });

  model.followers.unfollow("c1");
  model.followers.unfollow("c1");
  model.head = 1;
  model.deliver(1);

  expect(model.shown).toEqual([]);
  expect(model.followers.state("c1")).toBeNull();
  expect(model.followers.place("c1")).toBeNull();
  expect(model.server.last.ops()).toEqual(["hello", "sub", "unsub"]);
});

test("followed anew, only the new follower is told", async () => {
  const model = new Model();
  await model.start({ seq: 0, epoch: "e1" });
  model.follow({ seq: 0, epoch: "e1" });
  await settled();

  model.head = 1;
  model.deliver(1);

  expect(model.shown).toEqual([1]);
});

test("a follower that throws does not stop the log", async () => {
  const model = new Model();
  const before = globalThis.reportError;
  const reported: unknown[] = [];
  globalThis.reportError = (error: unknown) => void reported.push(error);
  const fail = () => {
    throw new Error("mine");
  };
  model.followers.follow("c1", { onEvents: fail, onReset: fail });
  model.socket.start();
  await settled();
  model.head = 1;

  model.deliver(1);
  globalThis.reportError = before;

  expect(reported.length).toBe(2);
  expect(model.followers.place("c1")).toEqual({ seq: 1, epoch: "e1" });
});

test("closed, it leaves no timer behind but the socket's", async () => {
  const model = new Model();
  model.refusal = { code: "unavailable" };
  await model.start();

  model.followers.close();
  model.socket.stop();

  expect(model.clock.due).toEqual([]);
});
