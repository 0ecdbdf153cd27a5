import fc from "fast-check";
import { expect, test } from "vitest";
import { Inbox } from "./inbox";
import { at, ids, OPEN, row } from "./testing/rows";
import type { Conversation } from "./types";
import { comparison, type Ordering } from "./view";

function loaded(...rows: Conversation[]): Inbox {
  const inbox = new Inbox(OPEN);
  inbox.replace(rows, false);
  return inbox;
}

test.each<[Ordering, string]>([
  ["-last_activity_at", "c b a"],
  ["last_activity_at", "a b c"],
  ["waiting_since", "c a b"],
  ["-waiting_since", "b a c"],
  ["-priority", "b c a"],
  ["priority", "a c b"],
  ["number", "b c a"],
  ["-number", "a c b"],
])("ordered by %s: %s", (order, expected) => {
  const rows = [
    row("a", 1, { waiting_since: null, priority: "low", number: 3 }),
    row("b", 2, { waiting_since: null, priority: "urgent", number: null }),
    row("c", 3, { waiting_since: at(1), priority: "low", number: 2 }),
  ];

  const sorted = [...rows].sort(comparison(order)).map((each) => each.id);

  expect(sorted.join(" ")).toBe(expected);
});

test("times are ordered to the microsecond", () => {
  const times = ["10:00:00.100002Z", "10:00:00Z", "10:00:00.1Z", "09:59:59.999999Z"];
  const rows = times.map((time, n) => row(`${n}`, 1, { last_activity_at: `2026-03-01T${time}` }));

  const sorted = [...rows].sort(comparison("last_activity_at")).map((each) => each.id);

  expect(sorted).toEqual(["3", "1", "2", "0"]);
});

test("rows come, move and leave as they are told", () => {
  const inbox = loaded(row("b", 2), row("a", 1));
  expect(ids(inbox)).toBe("b a");

  inbox.tell(row("c", 3));
  expect(ids(inbox)).toBe("c b a");
  inbox.tell(row("a", 4, { preview: "new" }));
  expect(ids(inbox)).toBe("a c b");
  inbox.tell(row("b", 5, { status: "resolved" }));
  expect(ids(inbox)).toBe("a c");
  inbox.gone("c");

  expect(ids(inbox)).toBe("a");
  expect(inbox.row("a")?.preview).toBe("new");
  expect(inbox.list.updates).toBe(0);
});

test("an older row does not win over a newer one", () => {
  const inbox = loaded(row("a", 5, { preview: "new" }));

  inbox.tell(row("a", 4, { preview: "old" }));
  inbox.tell(row("a", 5, { preview: "new", unread: 3 }));

  expect(inbox.row("a")).toMatchObject({ preview: "new", unread: 3 });
});

test("while somebody points at the list nothing moves, and what would is counted", () => {
  const inbox = loaded(row("c", 3), row("b", 2), row("a", 1));
  inbox.hold();

  inbox.tell(row("a", 9, { preview: "moved" }));
  inbox.tell(row("d", 8));
  inbox.gone("b");
  inbox.tell(row("c", 3, { unread: 7 }));

  expect(ids(inbox)).toBe("c b a");
  expect(inbox.list.updates).toBe(3);
  expect(inbox.list.rows.map((each) => each.unread)).toEqual([7, 0, 0]);
  expect(inbox.list.rows[2]?.preview).toBe("moved");
  inbox.release();
  expect(ids(inbox)).toBe("a d c");
  expect(inbox.list.updates).toBe(0);
});

test("what came and left while the list was held is no update", () => {
  const inbox = loaded(row("a", 1));
  inbox.hold();

  inbox.tell(row("b", 2));
  inbox.gone("b");
  inbox.gone("nobody");

  expect(inbox.list.updates).toBe(0);
});

test("updates can be shown while the list is held", () => {
  const inbox = loaded(row("a", 1));
  inbox.hold();
  inbox.tell(row("b", 2));

  inbox.showUpdates();

  expect(ids(inbox)).toBe("b a");
  expect(inbox.list.updates).toBe(0);
});

test("our own act takes a row away at once", () => {
  const inbox = loaded(row("b", 2), row("a", 1));
  inbox.hold();

  inbox.leave("b");

  expect(ids(inbox)).toBe("a");
  expect(inbox.list.updates).toBe(0);
});

test("the list is the same object until something changes", () => {
  const inbox = loaded(row("a", 1));
  let told = 0;
  inbox.onChange.add(() => told++);
  const { list } = inbox;

  expect(inbox.list).toBe(list);
  inbox.tell(row("b", 2));

  expect(inbox.list).not.toBe(list);
  expect(told).toBe(1);
});

test("a row behind the last one that was read waits for its page", () => {
  const inbox = new Inbox(OPEN);
  inbox.replace([row("d", 4), row("c", 3)], true);

  inbox.tell(row("b", 2));
  inbox.tell(row("e", 5));
  expect(ids(inbox)).toBe("e d c");
  inbox.append([row("c", 3), row("b", 2), row("a", 1)], false);

  expect(ids(inbox)).toBe("e d c b a");
  expect(inbox.list.hasMore).toBe(false);
});

test("where only the server knows who belongs there, rows change but none comes", () => {
  const inbox = new Inbox({ ...OPEN, matches: null });
  inbox.replace([row("a", 1)], false);

  inbox.tell(row("b", 2));
  inbox.tell(row("a", 3, { status: "closed" }));

  expect(ids(inbox)).toBe("a");
  expect(inbox.row("a")?.status).toBe("closed");
});

test("before anything was read nothing is shown", () => {
  const inbox = new Inbox(OPEN);

  inbox.tell(row("a", 1));

  expect(inbox.list).toEqual({ rows: [], updates: 0, isLoaded: false, hasMore: false });
});

test("read anew, rows that are not named are not there, but what is newer stays", () => {
  const inbox = loaded(row("b", 9, { preview: "newer" }), row("a", 1));

  inbox.replace([row("b", 2), row("c", 3)], false, [row("d", 4), row("c", 5)]);

  expect(ids(inbox)).toBe("b c d");
  expect(inbox.row("b")?.preview).toBe("newer");
});

test("after a restore the older row is the true one", () => {
  const inbox = loaded(row("a", 9));

  inbox.forget();
  expect([ids(inbox), inbox.list.isLoaded]).toEqual(["a", false]);
  inbox.replace([row("a", 2)], false);

  expect(inbox.row("a")?.last_seq).toBe(2);
});

test("whatever is told, held or not, the released list is the one of the server", () => {
  const step = fc.record({
    id: fc.constantFrom("a", "b", "c", "d", "e"),
    what: fc.constantFrom("touch", "close", "open", "gone", "hold", "release"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const server = new Map([..."abc"].map((id, n) => [id, row(id, n + 1)]));
      const inbox = loaded(...server.values());
      steps.forEach(({ id, what }, n) => {
        if (what === "hold") inbox.hold();
        else if (what === "release") inbox.release();
        else if (what === "gone") {
          server.delete(id);
          inbox.gone(id);
        } else {
          const now = row(id, 10 + n, { status: what === "close" ? "closed" : "open" });
          server.set(id, now);
          inbox.tell(now);
        }
      });

      inbox.release();

      const expected = [...server.values()].filter((each) => each.status === "open");
      expected.sort(comparison(OPEN.order));
      expect(inbox.list.rows).toEqual(expected);
      expect(inbox.list.updates).toBe(0);
    }),
  );
});
