import { expect, test } from "vitest";
import { Followers } from "./follower";
import { Signs } from "./presence";
import { settled } from "./testing/clock";
import { ready, world } from "./testing/socket";
import { readyFrame } from "./testing/wire";
import type { ServerFrame } from "./types";

test("it comes in with a ticket", async () => {
  const { socket, server, states } = world();
  const heard: ServerFrame[] = [];
  socket.onReady.add((frame) => heard.push(frame));

  socket.start();
  socket.start();
  await settled();

  expect(states).toEqual(["connecting", "ready"]);
  expect(server.last.url).toBe("/ws/v1/");
  expect(server.last.sent).toEqual([{ op: "hello", ticket: "t", v: 1 }]);
  expect(heard.map((each) => each.op)).toEqual(["ready"]);
  expect(server.wires.length).toBe(1);
});

test("it repeats the number of each heartbeat", async () => {
  const { server } = await ready();

  server.last.say({ op: "hb", n: 7, heads: {} });

  expect(server.last.sent.at(-1)).toEqual({ op: "hb", n: 7 });
});

test("answers find their questions in any order", async () => {
  const { socket, server } = await ready();

  const one = socket.ask({ op: "sub", conv: "a" });
  const two = socket.ask({ op: "unsub", conv: "b" });
  server.last.say({ op: "ok", ref: "r2" });
  server.last.say({
    op: "sub_ok",
    ref: "r1",
    conv: "a",
    head: 3,
    epoch: "e",
    recovered: true,
    events: [],
  });

  expect(await one).toMatchObject({ op: "sub_ok", head: 3 });
  expect(await two).toMatchObject({ op: "ok" });
});

test("refusals reject with what they say", async () => {
  const { socket, server } = await ready();
  const message = { op: "send", conv: "a", client_id: "i", body: "b" } as const;

  const refused = socket.ask({ op: "sub", conv: "a" });
  const newer = socket.ask(message);
  const wrong = socket.ask(message);
  server.last.say({ op: "err", ref: "r1", code: "not_found", detail: "No." });
  server.last.say({ op: "nack", ref: "r2", client_id: "i", code: "newer_reply", message: {} });
  const errors = { body: [{ code: "blank", detail: "Empty." }] };
  server.last.say({ op: "nack", ref: "r3", client_id: "i", code: "invalid", errors });

  await expect(refused).rejects.toMatchObject({ code: "not_found", detail: "No." });
  await expect(newer).rejects.toMatchObject({ code: "newer_reply", extra: { message: {} } });
  await expect(wrong).rejects.toMatchObject({ errors });
});

test("a question without an answer is given up after ten seconds", async () => {
  const { socket, clock, server } = await ready();
  const asked = socket.ask({ op: "sub", conv: "a" });
  const refused = expect(asked).rejects.toMatchObject({ code: "timeout" });

  await clock.pass(10_000);

  await refused;
  server.last.say({ op: "ok", ref: "r1" });
  expect(socket.isReady).toBe(true);
});

test("frames go out no faster than the server takes them", async () => {
  const { socket, clock, server } = await ready();

  for (let seq = 0; seq < 20; seq++) socket.tell({ op: "read", conv: "a", seq });

  const sent = () => server.last.ops().filter((op) => op === "read").length;
  expect(sent()).toBe(16);
  await clock.pass(100);
  expect(sent()).toBe(17);
  await clock.pass(300);
  expect(sent()).toBe(20);
});

test("who clicks through forty conversations hears of the last one first", async () => {
  const { socket, clock, page, server } = await ready();
  const api = { events: () => Promise.reject(new Error("not asked for")) };
  const followers = new Followers({ socket, api, clock });
  const signs = new Signs(clock, page, (...notice) => socket.tell(...notice));
  const nobody = { onEvents: () => {}, onReset: () => {} };
  for (let n = 1; n <= 40; n++) {
    if (n > 1) followers.unfollow(`c${n - 1}`);
    followers.follow(`c${n}`, nobody);
    signs.open(`c${n}`);
  }
  await clock.pass(600);

  const said = server.last.sent.filter((each) => "conv" in each);
  expect(said.slice(-2).map((each) => `${each.op} ${each.conv}`)).toEqual([
    "sub c40",
    "viewing c40",
  ]);
  const left = (op: string) => said.filter((each) => each.op === op).map((each) => each.conv);
  expect(left("unsub")).toEqual(left("sub").slice(0, -1));
});

test("a frame over the rate: all questions are taken back, and it is quiet for a while", async () => {
  const { socket, clock, server } = await ready();
  const asked = socket.ask({ op: "sub", conv: "a" });
  const refused = expect(asked).rejects.toMatchObject({ code: "rate", retryAfter: 1 });

  server.last.say({ op: "err", code: "rate", detail: "", retry_after: 1 });
  await refused;
  socket.tell({ op: "read", conv: "a", seq: 1 });

  expect(server.last.ops()).toEqual(["hello", "sub"]);
  await clock.pass(1100);
  expect(server.last.ops()).toEqual(["hello", "sub", "read"]);
});

test("nonsense from the network is dropped", async () => {
  const { socket, server } = await ready();
  const heard: string[] = [];
  socket.onFrame.add((frame) => heard.push(frame.op));

  for (const data of ["{", "[]", "1", '{"op":1}', '{"op":"what"}', '{"op":"toString"}']) {
    server.last.onmessage?.({ data });
  }
  server.last.onmessage?.({ data: new ArrayBuffer(2) });
  server.last.say({ op: "hb", n: "1", heads: {} });
  server.last.say({ op: "hb", n: 1, heads: { a: "x" } });
  server.last.say({ op: "event", conv: "a", seq: 1 });
  server.last.say({ op: "sub_ok", conv: "a", head: 1, epoch: "e", recovered: true, events: [1] });
  server.last.say({ op: "ok" });

  expect(heard).toEqual(["ok"]);
  expect(socket.isReady).toBe(true);
});

test("another bundle than the page's is told", async () => {
  const { socket, server } = world("one");
  server.ready = readyFrame({ bundle: "two" });

  socket.start();
  await settled();

  expect(socket.connection.newBundle).toBe("two");
});

test("the same bundle, or none, is no news", async () => {
  const { socket, server } = world("one");
  server.ready = readyFrame({ bundle: "one" });

  socket.start();
  await settled();

  expect(socket.connection.newBundle).toBeNull();
});

test("a listener that throws harms nobody", async () => {
  const { socket, server } = await ready();
  const reported: unknown[] = [];
  const before = globalThis.reportError;
  globalThis.reportError = (error: unknown) => void reported.push(error);
  const heard: string[] = [];
  socket.onFrame.add(() => {
    throw new Error("mine");
  });
  socket.onFrame.add((frame) => heard.push(frame.op));

  server.last.say({ op: "ok" });
  globalThis.reportError = before;

  expect(heard).toEqual(["ok"]);
  expect(reported).toEqual([new Error("mine")]);
});
