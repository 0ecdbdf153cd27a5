import { expect, test } from "vitest";
import { conversation, DANA, LARA, OMAR } from "../../core/testing/objects";
import type { Conversation } from "../../core/types";
import {
  FILTERS,
  type Filters,
  filtersOf,
  matcherOf,
  type SavedView,
  usualOrder,
  viewOf,
} from "./views";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const reader = { me: LARA.id, now: () => NOW };
const later = "2026-03-01T13:00:00Z";
const before = "2026-03-01T11:00:00Z";

const CASES: [Filters, Partial<Conversation>, boolean][] = [
  [FILTERS.mine, { assignee: LARA }, true],
  [FILTERS.mine, { assignee: OMAR }, false],
  [FILTERS.mine, { assignee: LARA, status: "pending" }, false],
  [FILTERS.mine, { assignee: LARA, snoozed_until: later }, false],
  [FILTERS.mine, { assignee: LARA, snoozed_until: before }, true],
  [FILTERS.mine, { assignee: LARA, archived: true }, false],
  [FILTERS.unassigned, { assignee: null }, true],
  [FILTERS.unassigned, { assignee: OMAR }, false],
  [FILTERS.unassigned, { assignee: null, kind: "group", status: null }, false],
  [FILTERS.snoozed, { snoozed_until: later }, true],
  [FILTERS.snoozed, { snoozed_until: null }, false],
  [FILTERS.resolved, { status: "resolved" }, true],
  [FILTERS.pending, { status: "open" }, false],
  [{ assignee: OMAR.id }, { assignee: OMAR }, true],
  [{ department: "d1" }, { department: { id: "d1", name: "Billing" } }, true],
  [{ department: "d1" }, { department: { id: "d2", name: "Support" } }, false],
  [{ priority: "urgent" }, { priority: "urgent" }, true],
  [{ priority: "urgent" }, { priority: "high" }, false],
  [{ tag: "VIP" }, { tags: ["vip", "new"] }, true],
  [{ tag: "old" }, { tags: ["vip"] }, false],
  [{ unread: true }, { unread: 2 }, true],
  [{ unread: true }, { unread: 0, marked_unread: true }, true],
  [{ unread: false }, { unread: 1 }, false],
  [{ customer: DANA.id }, { customer: DANA }, true],
  [{ channel: "email" }, { channel: "portal" }, false],
  [{ archived: true }, { archived: true }, true],
  [{ archived: true }, { archived: false }, false],
];

test.each(CASES)("%j fits %j: %s", (filters, fields, fits) => {
  expect(matcherOf(filters, reader)?.(conversation("c1", fields))).toBe(fits);
});

test.each([{ q: "parcel" }, { updated_after: "2026-01-01" }])(
  "only the server knows %j",
  (filters) => {
    expect(matcherOf(filters, reader)).toBe(null);
  },
);

test("a name leads to what it is narrowed by", () => {
  const own = { id: "v1", name: "VIP", filters: { tag: "vip" } } as unknown as SavedView;

  expect(filtersOf("mine", [])).toEqual({ assignee: "me", status: "open", snoozed: false });
  expect(filtersOf("d-7", [])).toEqual({ department: "7", status: "open", snoozed: false });
  expect(filtersOf("q-late parcel", [])).toEqual({ q: "late parcel" });
  expect(filtersOf("s-v1", [own])).toEqual({ tag: "vip" });
  expect(filtersOf("s-v2", [own])).toBe(null);
});

test("who waits longest stands first where somebody waits", () => {
  expect(["mine", "d-7", "resolved", "s-v1"].map(usualOrder)).toEqual([
    "waiting_since",
    "waiting_since",
    "-last_activity_at",
    "-last_activity_at",
  ]);
  expect(viewOf("all", FILTERS.all, "number", reader)).toMatchObject({
    id: "all",
    query: { status: "open", snoozed: false },
    order: "number",
  });
});
