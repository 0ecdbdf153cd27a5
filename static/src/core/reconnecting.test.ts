import { expect, test } from "vitest";
import { ApiError } from "./errors";
import { LiveSocket } from "./socket";
import { settled } from "./testing/clock";
import { ready, ticket, world } from "./testing/socket";
import type { Ticket } from "./types";

test("a lost connection rejects its questions and comes back with a new ticket", async () => {
  const { socket, clock, server, states, tickets } = await ready();
  const asked = socket.ask({ op: "sub", conv: "a" });
  const refused = expect(asked).rejects.toMatchObject({ code: "disconnected" });
  let lost = 0;
  socket.onLost.add(() => lost++);

  server.last.shut(1006);

  await refused;
  expect(lost).toBe(1);
  await expect(socket.ask({ op: "sub", conv: "a" })).rejects.toMatchObject({
    code: "disconnected",
  });
  expect(socket.tell({ op: "read", conv: "a", seq: 1 })).toBe(false);
  await clock.pass(500);
  expect(states).toEqual(["connecting", "ready", "reconnecting", "ready"]);
  expect(tickets.asked).toBe(2);
});

test("pauses double up to half a minute, and it never gives up", async () => {
  const { socket, clock, tickets } = world();
  tickets.answer = () => Promise.reject(new ApiError({ code: "unreachable" }));
  const pauses: (number | undefined)[] = [];

  socket.start();
  await settled();
  for (let turn = 0; turn < 9; turn++) {
    pauses.push(clock.due[0]);
    await clock.pass(clock.due[0] ?? 0);
  }

  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect(socket.connection.state).toBe("reconnecting");
});

test("a connection that stood begins with short pauses again, one that did not goes on", async () => {
  const { clock, server } = await ready();
  server.last.shut(1006);
  await clock.pass(500);
  server.last.shut(1006);
  expect(clock.due).toEqual([1000]);
  await clock.pass(1000);
  await clock.pass(5000);

  server.last.shut(1006);

  expect(clock.due).toEqual([500]);
});

test.each(["online", "focus", "visibility"] as const)("%s ends the pause", async (name) => {
  const { socket, page, server } = await ready();
  server.last.shut(4408);

  page.fire(name);
  await settled();

  expect(socket.connection.state).toBe("ready");
  expect(server.wires.length).toBe(2);
});

test("a hidden page is no reason to hurry", async () => {
  const { page, server } = await ready();
  server.last.shut(4408);

  page.set({ visible: false });
  await settled();

  expect(server.wires.length).toBe(1);
});

test("without a network it is offline, and back as soon as there is one", async () => {
  const { socket, page, states } = await ready();

  page.set({ online: false });
  expect(socket.connection.state).toBe("offline");
  page.set({ online: true });
  await settled();

  expect(states).toEqual([
    "connecting",
    "ready",
    "reconnecting",
    "offline",
    "reconnecting",
    "ready",
  ]);
});

test("after sleep a connection that was silent is left at once", async () => {
  const { page, clock, server } = await ready();
  await clock.pass(26_000);
  page.fire("focus");
  await settled();
  expect(server.wires.length).toBe(2);

  await clock.pass(24_000);
  page.fire("focus");
  await settled();

  expect(server.wires.length).toBe(2);
});

test("a server that is silent for 45 seconds is left", async () => {
  const { clock, server, states } = await ready();

  await clock.pass(44_999);
  expect(states.at(-1)).toBe("ready");
  await clock.pass(1);

  expect(server.wires[0]?.closedWith).toBe(1000);
  expect(states.at(-1)).toBe("reconnecting");
});

test("a server that does not let in is left after ten seconds", async () => {
  const { socket, clock, server } = world();
  server.letsIn = false;

  socket.start();
  await clock.pass(10_000);

  expect(server.last.closedWith).toBe(1000);
  expect(socket.connection.state).toBe("reconnecting");
});

test("4401 ends the session until it is started again", async () => {
  const { socket, clock, page, server } = await ready();

  server.last.shut(4401);
  page.fire("focus");
  await clock.pass(60_000);

  expect(socket.connection).toMatchObject({ state: "ended", reason: "unauthenticated" });
  expect(server.wires.length).toBe(1);
  socket.start();
  await settled();
  expect(socket.connection).toMatchObject({ state: "ready", reason: "" });
});

test("4401 before ready may be an old ticket: another one is tried once", async () => {
  const { socket, clock, server } = world();
  server.letsIn = false;
  socket.start();
  await settled();

  server.last.shut(4401);
  expect(socket.connection.state).toBe("reconnecting");
  await clock.pass(500);
  server.last.shut(4401);

  expect(socket.connection.state).toBe("ended");
});

test.each([
  [401, "unauthenticated"],
  [403, "forbidden"],
])("a ticket refused with %i ends it", async (status, reason) => {
  const { socket, tickets } = world();
  tickets.answer = () => Promise.reject(new ApiError({ status, code: "no" }));

  socket.start();
  await settled();

  expect(socket.connection).toMatchObject({ state: "ended", reason });
});

test("4403 ends it as forbidden", async () => {
  const { socket, server } = await ready();

  server.last.shut(4403);

  expect(socket.connection).toMatchObject({ state: "ended", reason: "forbidden" });
});

test("a restarting server says when to come back, and is not asked sooner", async () => {
  const { socket, clock, page, server } = await ready();
  server.last.say({ op: "bye", code: 4503, retry_after: 2.5 });

  server.last.shut(4503);
  page.fire("focus");

  expect(clock.due).toEqual([2500]);
  await clock.pass(2500);
  expect(socket.isReady).toBe(true);
});

test.each([
  [4503, 1000],
  [4429, 30_000],
  [4400, 500],
  [4413, 500],
])("%i without a word pauses for %i ms", async (code, pause) => {
  const { clock, server } = await ready();

  server.last.shut(code);

  expect(clock.due).toEqual([pause]);
});

test("a ticket that is limited tells when to ask again", async () => {
  const { socket, clock, tickets } = world();
  const limited = new ApiError({ status: 429, code: "rate_limited", retryAfter: 9 });
  tickets.answer = () => Promise.reject(limited);

  socket.start();
  await settled();

  expect(clock.due).toEqual([9000]);
});

test("a socket that cannot be opened or written to is tried again", async () => {
  const made = world();
  const { open } = made.server;
  made.server.open = open;
  let isBroken = true;
  const socket = new LiveSocket({
    open: (url) => {
      if (isBroken) throw new DOMException("no", "SecurityError");
      return open(url);
    },
    ticket: async () => ticket(),
    clock: made.clock,
    page: made.page,
    chance: () => 1,
  });
  socket.start();
  await settled();
  expect(socket.connection.state).toBe("reconnecting");
  isBroken = false;
  await made.clock.pass(500);
  expect(socket.isReady).toBe(true);

  made.server.last.send = () => {
    throw new DOMException("gone", "InvalidStateError");
  };
  socket.tell({ op: "read", conv: "a", seq: 1 });

  expect(socket.connection.state).toBe("reconnecting");
});

test("stopped, it stays away and leaves no timer", async () => {
  const { socket, clock, page, server } = await ready();

  socket.stop();
  page.fire("online");
  await clock.pass(60_000);

  expect(socket.connection.state).toBe("idle");
  expect(server.wires.length).toBe(1);
  expect(clock.due).toEqual([]);
});

test("a ticket that comes after it was stopped opens nothing", async () => {
  const { socket, server, tickets } = world();
  let give: (ticket: Ticket) => void = () => {};
  tickets.answer = () =>
    new Promise((resolve) => {
      give = resolve;
    });
  socket.start();

  socket.stop();
  give(ticket());
  await settled();

  expect(server.wires.length).toBe(0);
});
