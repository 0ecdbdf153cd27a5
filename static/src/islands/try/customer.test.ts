import { afterEach, expect, test } from "vitest";
import type { Locks } from "../../core/locks";
import { ManualClock, settled } from "../../core/testing/clock";
import { conversation, DANA, event, LARA, message } from "../../core/testing/objects";
import { FakeServer, readyFrame } from "../../core/testing/wire";
import { FakePage, MemoryStorage } from "../../core/testing/world";
import type { Message } from "../../core/types";
import { Customer } from "./customer";
import { draw } from "./draw";

const TEXTS = {
  new: "New conversation",
  nothing: "Say something",
  seen: "Seen",
  sent: "Sent",
  sending: "Sending",
  queued: "Waiting",
  failed: "Not sent.",
  retry: "Try again",
  deleted: "Deleted",
  typing: "{name} is typing",
  live: "Live",
  connecting: "Connecting",
  offline: "No connection",
  refused: "Refused",
};
const WHO = { company: "acme", department: "d1", email: "c@acme.example", password: "p" };
const BOOT = { ...WHO, bundle: "", texts: TEXTS };
const alone: Locks = { run: (_name, work) => work().then(() => true) };
const ROW = conversation("c1", { subject: "Order", unread: 0, last_seq: 2 });

/** The desk as one customer's page knows it. */
class World {
  readonly clock = new ManualClock();
  readonly page = new FakePage();
  readonly server = new FakeServer();
  readonly asked: string[] = [];
  isKnown = true;
  said: Message[] = [by(DANA, 1, "Hello"), by(LARA, 2, "Hi")];
  readonly customer: Customer;
  readonly places = Object.fromEntries(
    ["list", "log", "state", "signs"].map((name) => [name, document.createElement("div")]),
  ) as unknown as Parameters<typeof draw>[1];

  constructor() {
    this.server.ready = readyFrame({ member: { ...DANA, availability: "online" } });
    this.server.hear = (wire, frame) => {
      if (frame.op === "sub") {
        const head = this.said.length;
        const answer = { head, epoch: "e", recovered: true, events: [] };
        wire.say({ op: "sub_ok", conv: frame.conv, ...answer, ref: frame.ref });
      } else if (frame.op === "sub_inbox") {
        const counts = { open: 1, unread: 0 };
        wire.say({ op: "inbox_ok", counts, as_of: "", epoch: "e", changed: [], ref: frame.ref });
      }
    };
    this.customer = new Customer(BOOT, {
      fetch: (url, init) => this.answer(String(url), init),
      open: this.server.open,
      clock: this.clock,
      page: this.page,
      locks: alone,
      storage: new MemoryStorage(),
      newId: () => "id-1",
    });
    this.customer.onChange.add(() => draw(this.customer, this.places, TEXTS, "en"));
  }

  async begin(): Promise<void> {
    await this.customer.begin();
    await settled();
  }

  texts(selector: string): string[] {
    return [...this.places.log.querySelectorAll(selector)].map((each) => each.textContent ?? "");
  }

  private async answer(url: string, init?: RequestInit): Promise<Response> {
    this.asked.push(`${init?.method ?? "GET"} ${url.replace("/api/v1/", "")}`);
    if (url.includes("auth/login")) {
      return this.isKnown ? Response.json({ access: "a" }) : new Response("{}", { status: 401 });
    }
    if (url.includes("tickets")) return Response.json({ ticket: "t", url: "/", expires_at: "" });
    if (url.includes("messages")) {
      const page = { results: this.said, has_before: false, has_after: false };
      return Response.json({ ...page, head: this.said.length });
    }
    if (init?.method === "POST") return Response.json(conversation("c2"), { status: 201 });
    return Response.json({ results: [ROW], next: null });
  }
}

function by(author: typeof DANA, seq: number, body: string): Message {
  return message(seq, { author, body, body_html: `<p>${body}</p>` });
}

afterEach(() => document.body.replaceChildren());

test("the newest conversation is open and live", async () => {
  const world = new World();
  await world.begin();

  expect(world.texts(".bubble")).toEqual(["Hello", "Hi"]);
  expect(world.places.state.textContent).toBe("Live");
  expect(world.places.list.textContent).toContain("Order");
});

test("who cannot sign in is told so", async () => {
  const world = new World();
  world.isKnown = false;
  await world.begin();

  expect(world.places.state.textContent).toBe("Refused");
});

test("an answer comes by itself, and typing is shown", async () => {
  const world = new World();
  await world.begin();
  world.server.last.say({ op: "typing", conv: "c1", member: LARA, visibility: "public" });
  expect(world.places.signs.textContent).toBe("Lara is typing");
  world.server.last.say({ op: "event", ...event(3, "message.created", by(LARA, 3, "Soon")) });

  expect(world.texts(".bubble")).toEqual(["Hello", "Hi", "Soon"]);
});

test("what others have read is seen", async () => {
  const world = new World();
  await world.begin();
  expect(world.texts(".own .foot")[0]).toContain("Sent");
  world.server.last.say({ op: "read", conv: "c1", member: LARA, seq: 1 });

  expect(world.texts(".own .foot")[0]).toContain("Seen");
});

test("what is said stands there at once and goes to the server", async () => {
  const world = new World();
  await world.begin();
  await world.customer.say("Thanks *a lot*");
  await settled();

  expect(world.texts(".own .bubble")).toEqual(["Hello", "Thanks *a lot*"]);
  const sent = world.server.last.sent.find((frame) => frame.op === "send");
  expect(sent).toMatchObject({ conv: "c1", client_id: "id-1", body: "Thanks *a lot*" });
});

test("the first words begin a conversation", async () => {
  const world = new World();
  await world.begin();
  world.customer.leave();
  expect(world.texts("p")).toEqual(["Say something"]);
  await world.customer.say("New");

  expect(world.customer.current).toBe("c2");
  expect(world.asked).toContain("POST conversations/");
});

test("a conversation that is taken away is closed", async () => {
  const world = new World();
  await world.begin();
  world.server.last.say({ op: "inbox_gone", conv: "c1" });

  expect([world.customer.current, world.customer.conversations]).toEqual([null, []]);
});

test("what stands there already is not drawn anew", async () => {
  const world = new World();
  await world.begin();
  const first = world.places.log.querySelector("article");
  world.server.last.say({ op: "event", ...event(3, "message.created", by(LARA, 3, "Soon")) });

  expect(world.places.log.querySelector("article")).toBe(first);
});
