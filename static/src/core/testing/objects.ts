/** The smallest valid objects of the wire. */

import type { Conversation, LogEvent, Message, Person } from "../types";

export const LARA: Person = { id: "lara", name: "Lara", role: "agent", avatar: null };
export const OMAR: Person = { id: "omar", name: "Omar", role: "agent", avatar: null };
export const DANA: Person = { id: "dana", name: "Dana", role: "user", avatar: null };

export function message(seq: number, fields: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    client_id: null,
    author: DANA,
    visibility: "public",
    body: `text ${seq}`,
    body_html: `<p>text ${seq}</p>`,
    reply_to: null,
    attachments: [],
    created_at: "2026-03-01T10:00:00Z",
    edited_at: null,
    deleted: false,
    delivery: "sent",
    ...fields,
  };
}

export function event(
  seq: number,
  type: LogEvent["type"] = "message.created",
  data: unknown = message(seq),
  conv = "c1",
): LogEvent {
  return { conv, seq, type, at: "2026-03-01T10:00:00Z", actor: DANA, data } as LogEvent;
}

export function conversation(id: string, fields: Partial<Conversation> = {}): Conversation {
  return {
    id,
    number: 1,
    kind: "customer",
    subject: `About ${id}`,
    status: "open",
    channel: "portal",
    customer: DANA,
    unread: 0,
    marked_unread: false,
    archived: false,
    created_at: "2026-03-01T09:00:00Z",
    version: 1,
    preview: "",
    last_activity_at: "2026-03-01T10:00:00Z",
    last_seq: 1,
    priority: "normal",
    assignee: null,
    department: null,
    tags: [],
    waiting_since: null,
    snoozed_until: null,
    ...fields,
  };
}
