/** The ways to look at the inbox: those that everybody has, departments, searches, saved ones. */

import type { Query } from "../../core/http";
import type { Conversation, Id } from "../../core/types";
import type { Ordering, View } from "../../core/view";

/** What a list is narrowed by. */
export type Filters = Query;

export interface SavedView {
  id: Id;
  name: string;
  filters: Filters;
  ordering: Ordering;
  /** All of the staff see it. */
  shared: boolean;
  position: number;
  /** Who alone may change it. */
  owner: Id;
}

export type NewView = Pick<SavedView, "name" | "filters" | "ordering" | "shared" | "position">;

export const BUILT_IN = ["mine", "unassigned", "all", "pending", "snoozed", "resolved"] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

export const ORDERS: readonly Ordering[] = ["waiting_since", "-last_activity_at", "-priority"];

const OPEN = { status: "open", snoozed: false };
/** `mine` is what tokdesk/pages/inbox.py brings with the page. */
export const FILTERS: Record<BuiltIn, Filters> = {
  mine: { assignee: "me", ...OPEN },
  unassigned: { assignee: "none", ...OPEN },
  all: OPEN,
  pending: { status: "pending" },
  snoozed: { snoozed: true },
  resolved: { status: "resolved" },
};

export function isBuiltIn(id: string): id is BuiltIn {
  return (BUILT_IN as readonly string[]).includes(id);
}

export function usualOrder(id: string): Ordering {
  const isQueue = ["mine", "unassigned", "all"].includes(id) || id.startsWith("d-");
  return isQueue ? "waiting_since" : "-last_activity_at";
}

export interface Reader {
  me: Id;
  now: () => number;
}

/** `d-` names a department, `s-` a saved view, `q-` what is searched for. */
export function filtersOf(id: string, saved: readonly SavedView[]): Filters | null {
  if (isBuiltIn(id)) return FILTERS[id];
  if (id.startsWith("d-")) return { department: id.slice(2), ...OPEN };
  if (id.startsWith("q-")) return { q: id.slice(2) };
  return saved.find((each) => `s-${each.id}` === id)?.filters ?? null;
}

export function viewOf(id: string, filters: Filters, order: Ordering, reader: Reader): View {
  return { id, query: filters, order, matches: matcherOf(filters, reader) };
}

type Test = (row: Conversation) => boolean;

/** The same as the server says; null where a row alone cannot tell. */
export function matcherOf(filters: Filters, reader: Reader): Test | null {
  const tests: Test[] = [(row) => row.archived === (filters.archived ?? false)];
  for (const [name, value] of Object.entries(filters)) {
    if (value === undefined || value === null) continue;
    const test = testOf(name, value, reader);
    if (test === null) return null;
    tests.push(test);
  }
  return (row) => tests.every((each) => each(row));
}

function testOf(name: string, value: string | number | boolean, reader: Reader): Test | null {
  switch (name) {
    case "archived":
      return () => true;
    case "status":
    case "kind":
    case "channel":
      return (row) => row[name] === value;
    case "priority":
      return (row) => row.kind === "customer" && row.priority === value;
    case "department":
      return (row) => row.department?.id === value;
    case "customer":
      return (row) => row.customer?.id === value;
    case "tag":
      return (row) => isTagged(row, String(value));
    case "unread":
      return (row) => (row.unread > 0 || row.marked_unread) === value;
    case "snoozed":
      return (row) => isSnoozed(row, reader.now()) === value;
    case "assignee":
      return assigned(String(value), reader.me);
    default:
      return null;
  }
}

function assigned(value: string, me: Id): Test {
  if (value === "none") return (row) => row.kind === "customer" && !row.assignee;
  const wanted = value === "me" ? me : value;
  return (row) => row.assignee?.id === wanted;
}

function isTagged(row: Conversation, name: string): boolean {
  const folded = name.toLowerCase();
  return row.tags?.some((each) => each.toLowerCase() === folded) ?? false;
}

export function isSnoozed(row: Conversation, now: number): boolean {
  return Boolean(row.snoozed_until) && Date.parse(row.snoozed_until ?? "") > now;
}
