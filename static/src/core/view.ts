/** One way to look at the inbox: which rows belong to it, and in which order they stand. */

import type { Query } from "./http";
import type { Conversation, Moment, Priority } from "./types";

export type Ordering =
  | "last_activity_at"
  | "-last_activity_at"
  | "waiting_since"
  | "-waiting_since"
  | "priority"
  | "-priority"
  | "number"
  | "-number";

export interface View {
  id: string;
  /** Filters of the list endpoint. */
  query: Query;
  order: Ordering;
  /**
   * The same as the filters say, where a row alone can tell; otherwise only the server knows who
   * belongs there, and what is new is found when the list is read again.
   */
  matches: ((row: Conversation) => boolean) | null;
}

type Key = string | number;

const PRIORITIES: Record<Priority, number> = { low: 1, normal: 2, high: 3, urgent: 4 };
/** No time is a far one, as the server has it. */
const NEVER = "9999-12-31T00:00:00.000000";

/** As the server orders: by value, then by id, both in the same direction. */
export function comparison(order: Ordering): (a: Conversation, b: Conversation) => number {
  const isDown = order.startsWith("-");
  const name = (isDown ? order.slice(1) : order) as Exclude<Ordering, `-${string}`>;
  const sign = isDown ? -1 : 1;
  return (a, b) => sign * (compare(keyOf(a, name), keyOf(b, name)) || compare(a.id, b.id));
}

function keyOf(row: Conversation, name: Exclude<Ordering, `-${string}`>): Key {
  if (name === "priority") return PRIORITIES[row.priority ?? "low"] ?? 0;
  if (name === "number") return row.number ?? 0;
  return timeKey(row[name]);
}

/** To the microsecond, which a Date does not hold. */
function timeKey(at: Moment | null | undefined): string {
  const [whole = "", fraction = ""] = (at ?? NEVER).replace("Z", "").split(".");
  return `${whole}.${fraction.padEnd(6, "0")}`;
}

function compare(a: Key, b: Key): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
