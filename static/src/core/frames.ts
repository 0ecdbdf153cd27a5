/** Reading what comes over the socket: a known frame with its fields, or nothing. */

import { isObject } from "./errors";
import type { LogEvent, ServerFrame } from "./types";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => typeof value === "number" && Number.isFinite(value);
const flag: Check = (value) => typeof value === "boolean";
const object: Check = isObject;
const textOrNull: Check = (value) => value === null || text(value);
const named: Check = (value) => isObject(value) && text(value.id);
const all =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const heads: Check = (value) => isObject(value) && Object.values(value).every(number);

const EVENT = { conv: text, seq: number, type: text, at: text, actor: object, data: object };
const isEvent: Check = (value) => isObject(value) && fits(value, EVENT);

/** The fields that the core relies on; more may come. */
const SHAPES: Record<ServerFrame["op"], Record<string, Check>> = {
  ready: { session: text, member: named, company: named, limits: object },
  sub_ok: { conv: text, head: number, epoch: text, recovered: flag, events: all(isEvent) },
  resync: { conv: textOrNull, reason: text, epoch: text },
  inbox_ok: { counts: object, as_of: text, epoch: text, changed: all(named) },
  ack: { client_id: text, conv: text, id: text, seq: number },
  nack: { client_id: text, code: text },
  err: { code: text },
  ok: {},
  event: EVENT,
  typing: { conv: text, member: named, visibility: text },
  viewing: { conv: text, member: named, state: text },
  presence: { member: named, availability: text },
  read: { conv: text, member: named, seq: number },
  inbox: { conversation: named },
  inbox_gone: { conv: text },
  counts: {},
  notification: { notification: object },
  hb: { n: number, heads },
  bye: { code: number },
};

export function readFrame(data: unknown): ServerFrame | null {
  if (typeof data !== "string") return null;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isObject(value) || typeof value.op !== "string" || !Object.hasOwn(SHAPES, value.op)) {
    return null;
  }
  const shape = SHAPES[value.op as ServerFrame["op"]];
  return fits(value, shape) ? (value as unknown as ServerFrame) : null;
}

/** The same for entries of a log that come by REST. */
export function readEvents(values: unknown): LogEvent[] {
  return Array.isArray(values) ? (values.filter(isEvent) as LogEvent[]) : [];
}

function fits(value: Record<string, unknown>, shape: Record<string, Check>): boolean {
  return Object.entries(shape).every(([name, check]) => check(value[name]));
}
