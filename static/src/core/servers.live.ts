/** The core against two real servers, while connections break. */

import { expect, test } from "vitest";
import { Api } from "./api";
import { browserClock } from "./clock";
import { delivery } from "./delivery";
import { Followers } from "./follower";
import { Http } from "./http";
import { idMaker } from "./ids";
import { Outbox } from "./outbox";
import { LiveSocket } from "./socket";
import { Store } from "./store";
import { FakePage, MemoryStorage } from "./testing/world";
import type { Id, LogEvent, Message } from "./types";
import { openWebSocket, type Wire } from "./wire";

declare const process: { env: Record<string, string | undefined> };

interface Told {
  origins: string[];
  access: string[];
  conversation: Id;
}

const { origins, access, conversation } = JSON.parse(process.env.TOKDESK_LIVE ?? "{}") as Told;
const MESSAGES = 40;
const CUTS = 12;

class Person {
  readonly heard: { seq: number; message: Message }[] = [];
  readonly api: Api;
  readonly socket: LiveSocket;
  readonly followers: Followers;
  readonly outbox: Outbox;
  private wire: Wire | null = null;
  connections = 0;

  constructor(token: string, origin: string) {
    const clock = browserClock();
    const page = new FakePage();
    const open = openWebSocket(origin);
    const http = new Http({
      fetch: (url, init) => {
        const headers = new Headers(init?.headers);
        headers.set("Authorization", `Bearer ${token}`);
        return fetch(new URL(String(url), origin), { ...init, headers });
      },
      clock,
      csrf: () => "",
    });
    this.api = new Api(http);
    this.socket = new LiveSocket({
      // The ticket names the desk's own address, behind which both servers would stand.
      open: () => {
        this.connections += 1;
        this.wire = open("/ws/v1/");
        return this.wire;
      },
      ticket: () => this.api.ticket(),
      clock,
      page,
    });
    this.followers = new Followers({ socket: this.socket, api: this.api, clock });
    this.outbox = new Outbox({
      store: new Store(new MemoryStorage(), "outbox"),
      clock,
      locks: { run: (_name, work) => work().then(() => true) },
      page,
      newId: idMaker(() => clock.now()),
      ...delivery(this),
    });
    this.socket.onChange.add(() => this.outbox.flush());
  }

  begin(): void {
    this.followers.follow(
      conversation,
      {
        onEvents: (events) => this.hear(events),
        onReset: () => {},
        onState: () => this.outbox.flush(),
      },
      { seq: 0, epoch: "" },
    );
    this.socket.start();
  }

  hear(events: LogEvent[]): void {
    for (const event of events) {
      if (event.type !== "message.created") continue;
      const message = event.data as Message;
      this.heard.push({ seq: event.seq, message });
      if (message.client_id) this.outbox.seen(message.client_id);
    }
  }

  cut(): void {
    this.wire?.close();
  }

  get isLive(): boolean {
    return this.followers.state(conversation) === "live";
  }

  end(): void {
    this.outbox.close();
    this.followers.close();
    this.socket.stop();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("whatever breaks, everybody hears everything once and in order", async () => {
  const writer = new Person(access[0] ?? "", origins[0] ?? "");
  const reader = new Person(access[1] ?? "", origins[1] ?? "");
  for (const person of [writer, reader]) person.begin();
  await until(() => writer.isLive && reader.isLive);

  const bodies = Array.from({ length: MESSAGES }, (_, number) => `Message ${number}`);
  for (const body of bodies) writer.outbox.put(conversation, { body });
  for (let number = 0; number < CUTS; number += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    (number % 2 ? writer : reader).cut();
  }
  await until(() => writer.outbox.list(conversation).length === 0);
  const ours = (person: Person) =>
    person.heard.filter(({ message }) => bodies.includes(message.body));
  await until(() => ours(reader).length >= MESSAGES && ours(writer).length >= MESSAGES);

  const stored = await reader.api.messages(conversation);
  for (const person of [writer, reader]) {
    expect(ours(person).map(({ message }) => message.body)).toEqual(bodies);
    const seqs = person.heard.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(person.connections).toBeGreaterThan(2);
    person.end();
  }
  const kept = stored.results.filter(({ body }) => bodies.includes(body));
  expect(kept.map(({ body }) => body)).toEqual(bodies);
});
