/** A socket in a world of its own, and what became of it. */

import { expect } from "vitest";
import { LiveSocket } from "../socket";
import type { Ticket } from "../types";
import { ManualClock, settled } from "./clock";
import { FakeServer } from "./wire";
import { FakePage } from "./world";

export function world(bundle = "") {
  const clock = new ManualClock();
  const page = new FakePage();
  const server = new FakeServer();
  const tickets = { asked: 0, answer: async (): Promise<Ticket> => ticket() };
  const socket = new LiveSocket({
    open: server.open,
    ticket: () => {
      tickets.asked += 1;
      return tickets.answer();
    },
    clock,
    page,
    chance: () => 1,
    bundle,
  });
  const states: string[] = [];
  socket.onChange.add(() => states.push(socket.connection.state));
  return { clock, page, server, socket, states, tickets };
}

export const ticket = (): Ticket => ({ ticket: "t", expires_at: "", url: "/ws/v1/" });

export async function ready(bundle = "") {
  const made = world(bundle);
  made.socket.start();
  await settled();
  expect(made.socket.connection.state).toBe("ready");
  return made;
}
