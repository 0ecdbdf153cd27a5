/** A desk with nothing around it but a network, a clock and a page that tests speak for. */

import { act, cleanup, render } from "@testing-library/react";
import { I18n, type Locale } from "../../core/i18n";
import coreAr from "../../core/messages/ar.json";
import coreEn from "../../core/messages/en.json";
import { ManualClock, settled } from "../../core/testing/clock";
import { conversation, LARA, message, OMAR } from "../../core/testing/objects";
import { FakeServer } from "../../core/testing/wire";
import {
  FakeNetwork,
  FakePage,
  json,
  MemoryStorage,
  problem,
  type Request,
} from "../../core/testing/world";
import type { Attachment, Conversation, ConversationWhole, Message } from "../../core/types";
import type { Boot } from "../boot";
import { Desk, type World } from "../desk";
import ar from "../messages/ar.json";
import en from "../messages/en.json";
import { Page } from "../page";
import { App } from "../shell/App";

export const NOW = Date.parse("2026-03-01T10:05:00Z");

type Answer = object | ((request: Request) => Response);
/** `METHOD path` without its query, and what is answered there. */
export type Answers = Record<string, Answer>;

export function whole(id: string, fields: Partial<ConversationWhole> = {}): ConversationWhole {
  return {
    ...conversation(id, fields),
    merged_into: null,
    follow_up_of: null,
    following: false,
    muted: false,
    resolved_at: null,
    closed_at: null,
    attributes: {},
    updated_at: null,
    ...fields,
  };
}

export function row(id: string, fields: Partial<Conversation> = {}): Conversation {
  const subject = `About ${id}`;
  return conversation(id, {
    subject,
    assignee: LARA,
    waiting_since: "2026-03-01T10:00:00Z",
    ...fields,
  });
}

export function bootOf(fields: Partial<Boot> = {}): Boot {
  return {
    me: {
      user: {
        id: "u1",
        name: "Lara",
        email: "lara@acme.example",
        language: "en",
        theme: "system",
        time_zone: "UTC",
      },
      member: { id: LARA.id, name: LARA.name, email: "lara@acme.example", availability: "online" },
      company: { id: "acme", name: "Acme", slug: "acme" },
      role: "agent",
      permissions: { "conversation:assign": true, "conversation:status": true },
      version: 1,
    },
    preferences: {},
    counts: { open: 2, mine: 2, unassigned: 1, mentions: 0, snoozed: 0, departments: {} },
    departments: { results: [], next: null, previous: null },
    views: { results: [], next: null, previous: null },
    page: { results: [row("c1"), row("c2")], next: null, previous: null },
    since: { as_of: "t0", epoch: "e1" },
    gives: true,
    bundle: "",
    now: new Date(NOW).toISOString(),
    ...fields,
  };
}

export const page = <T,>(results: T[]) => ({ results, next: null, previous: null });

/** What every desk asks for sooner or later. */
const USUAL: Answers = {
  "POST realtime/tickets/": { ticket: "t", expires_at: "", url: "/ws/v1/" },
  "GET presence/": { results: [] },
  "GET conversations/": page([]),
  "GET members/": page([{ ...OMAR, status: "active", availability: "online" }]),
  "GET tags/": page([]),
  "GET attributes/": page([]),
  "GET customers/dana/": {
    ...{ id: "dana", name: "Dana", role: "user", avatar: null, email: "dana@mail.example" },
    ...{ phone: "", language: "en", external_id: "", attributes: {}, is_registered: true },
    created_at: "2026-02-01T10:00:00Z",
    version: 1,
  },
};

/** Of one conversation that holds these messages. */
export function talk(
  id: string,
  messages: Message[],
  fields: Partial<ConversationWhole> = {},
): Answers {
  const head = messages.at(-1)?.seq ?? 0;
  const at = `conversations/${id}/`;
  return {
    [`GET ${at}`]: whole(id, { ...row(id), last_seq: head, ...fields }),
    [`GET ${at}messages/`]: { results: messages, has_before: false, has_after: false, head },
    [`GET ${at}events/`]: { epoch: "e1", head, events: [], complete: true },
    [`GET ${at}participants/`]: { results: [] },
    [`GET ${at}draft/`]: { body: "", attachments: [], version: 0 },
    [`PUT ${at}draft/`]: { body: "", attachments: [], version: 1 },
    [`DELETE ${at}draft/`]: () => json(null, 204),
  };
}

export interface Given {
  boot?: Partial<Boot>;
  answers?: Answers;
  locale?: Locale;
  /** Heads of logs, as sockets are told when they begin to follow. */
  heads?: Record<string, number>;
  storage?: MemoryStorage;
  width?: number;
}

export function makeDesk({ boot, answers = {}, locale = "en", heads = {}, storage }: Given = {}) {
  const clock = new ManualClock(NOW);
  const surroundings = new FakePage();
  const server = new FakeServer();
  server.hear = (wire, frame) => {
    if (frame.op === "sub") {
      const head = heads[frame.conv] ?? 0;
      wire.say({
        op: "sub_ok",
        ref: frame.ref,
        conv: frame.conv,
        head,
        epoch: "e1",
        recovered: true,
        events: [],
      });
    } else if (frame.op === "sub_inbox") {
      const counts = bootOf(boot).counts;
      wire.say({ op: "inbox_ok", ref: frame.ref, counts, as_of: "1", epoch: "e1", changed: [] });
    } else if (frame.op === "unsub") wire.say({ op: "ok", ref: frame.ref });
  };
  const known: Answers = { ...USUAL, ...answers };
  const network = new FakeNetwork((request) => {
    const found = known[`${request.method} ${request.path.split("?")[0]}`];
    if (found === undefined) return problem(404, "not_found");
    return typeof found === "function" ? (found as (r: Request) => Response)(request) : json(found);
  });
  const rung: string[] = [];
  const world: World = {
    fetch: network.fetch as typeof fetch,
    openWire: server.open,
    sendFile: () => async (_conv, file) => fileOf(file),
    clock,
    page: surroundings,
    storage: storage ?? new MemoryStorage(),
    locks: { run: async (_name, work) => work().then(() => true) },
    cookies: () => "csrftoken=token",
    ring: () => void rung.push("ring"),
  };
  const words = locale === "ar" ? { ...coreAr, ...ar } : { ...coreEn, ...en };
  const i18n = new I18n(words, { locale, timeZone: "UTC" });
  const desk = new Desk(bootOf(boot), i18n, world);
  return { desk, clock, network, server, surroundings, world, answers: known, rung };
}

function fileOf(file: File): Attachment {
  const { name, size } = file;
  return {
    id: `f-${name}`,
    name,
    size,
    content_type: "text/plain",
    width: null,
    height: null,
    scan: "clean",
  };
}

/** The whole page at this address, on a wide screen. */
export async function openPage(path = "/app/", given: Given = {}) {
  cleanup();
  window.history.replaceState(null, "", path);
  setWidth(given.width ?? 1400);
  const made = makeDesk(given);
  const inbox = new Page(made.desk, false);
  await act(async () => {
    made.desk.start();
    render(<App page={inbox} />);
    await settled();
  });
  const pass = (milliseconds: number) => act(() => made.clock.pass(milliseconds));
  await pass(0);
  return { ...made, page: inbox, pass };
}

function setWidth(width: number): void {
  const { happyDOM } = window as unknown as {
    happyDOM: { setViewport(size: { width: number; height: number }): void };
  };
  happyDOM.setViewport({ width, height: 800 });
}

export const said = (seq: number, body: string, fields: Partial<Message> = {}) =>
  message(seq, { body, body_html: `<p>${body}</p>`, ...fields });

/** Requests of this method, as `path body`. */
export function asked(network: FakeNetwork, method: string, part = ""): string[] {
  return network.requests
    .filter((each) => each.method === method && each.path.includes(part))
    .map(({ path, body }) => `${path} ${JSON.stringify(body)}`);
}
