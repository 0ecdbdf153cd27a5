import fc from "fast-check";
import { expect, test } from "vitest";
import type { Outgoing } from "./outbox";
import { type Row, rowsOf } from "./rows";
import { DANA, event, LARA, message, OMAR } from "./testing/objects";
import {
  EMPTY_THREAD,
  firstUnread,
  lastSeq,
  MOST_MESSAGES,
  opened,
  pinned,
  shown,
  type Thread,
  withAfter,
  withBefore,
  withEvents,
} from "./thread";
import type { Message, MessagePage } from "./types";

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);

function page(from: number, to: number, head = to, fields: Partial<Message> = {}): MessagePage {
  const results = range(from, to).map((seq) => message(seq, fields));
  return { results, has_before: from > 1, has_after: to < head, head };
}

const seqs = (thread: Thread) => thread.messages.map((each) => each.seq);

test("it opens at the newest page", () => {
  const thread = opened(page(51, 100));

  expect(seqs(thread)).toEqual(range(51, 100));
  expect(thread).toMatchObject({ hasBefore: true, hasAfter: false, head: 100, isPinned: true });
  expect(thread.newFrom).toBeNull();
});

test.each([
  [0, null],
  [1, 100],
  [3, 98],
  [90, 51],
])("of %i unread messages the divider stands before %s", (unread, seq) => {
  expect(opened(page(51, 100), unread).newFrom).toBe(seq);
});

test("where the end is not shown nobody knows the first unread", () => {
  expect(firstUnread(page(1, 5, 9), 2)).toBeNull();
  expect(firstUnread({ ...page(1, 0), head: 0 }, 2)).toBeNull();
});

test("the divider stays where it is, whatever comes", () => {
  let thread = opened(page(1, 5), 2);

  thread = withEvents(thread, [event(6), event(7)]);

  expect(thread.newFrom).toBe(4);
});

test("pages join on both sides without repeats", () => {
  let thread = opened(page(41, 60, 100));

  thread = withBefore(thread, page(21, 42, 100));
  thread = withAfter(thread, page(60, 80, 100));

  expect(seqs(thread)).toEqual(range(21, 80));
  expect(thread).toMatchObject({ hasBefore: true, hasAfter: true });
});

test("the window never holds more than 300", () => {
  let thread = opened(page(301, 600, 600));

  thread = withBefore(thread, page(201, 300, 600));
  expect(seqs(thread)).toEqual(range(201, 500));
  expect(thread).toMatchObject({ hasAfter: true, hasBefore: true, isPinned: false });

  thread = withAfter(thread, page(501, 600, 600));
  expect(seqs(thread)).toEqual(range(301, 600));
  expect(thread.hasAfter).toBe(false);
});

test("at the end what arrives pushes out what is above", () => {
  let thread = opened(page(1, 300));

  thread = withEvents(thread, [event(301)]);

  expect(seqs(thread)).toEqual(range(2, 301));
  expect(thread).toMatchObject({ hasBefore: true, newBelow: 0, head: 301 });
});

test("elsewhere what arrives moves nothing and is counted, but for our own", () => {
  let thread = pinned(opened(page(1, 299)), false);

  thread = withEvents(
    thread,
    [event(300), event(301), event(302, "message.created", message(302, { author: LARA }))],
    "lara",
  );

  expect(seqs(thread)).toEqual(range(1, 300));
  expect(thread).toMatchObject({ hasAfter: true, newBelow: 2, head: 302 });
  thread = shown(thread, page(253, 302));
  expect(thread).toMatchObject({ newBelow: 0, hasAfter: false });
});

test("the end is only reached where the window reaches it", () => {
  const thread = opened(page(1, 50, 90));

  expect(thread.isPinned).toBe(false);
  expect(pinned(thread, true)).toBe(thread);
  const away = withEvents(pinned(opened(page(1, 5)), false), [event(6)]);
  expect(away.newBelow).toBe(1);
  expect(pinned(away, true)).toMatchObject({ isPinned: true, newBelow: 0 });
});

test("edits and deletions change what is shown and nothing else", () => {
  let thread = opened(page(1, 3));
  const edited = message(2, { body: "better", edited_at: "2026-03-01T10:01:00Z" });
  const gone = message(3, { body: "", deleted: true });
  const outside = message(40, { body: "x" });

  thread = withEvents(thread, [
    event(4, "message.edited", edited),
    event(5, "message.deleted", gone),
    event(6, "message.edited", outside),
    event(7, "message.deleted", { id: "m1" }),
  ]);

  expect(thread.messages.map((each) => each.body)).toEqual(["text 1", "better", ""]);
  expect(thread.head).toBe(7);
});

test("an old version that comes late does not win", () => {
  let thread = opened({ ...page(1, 2), results: [] });
  const edited = message(1, { body: "new", edited_at: "2026-03-01T10:01:00Z" });

  thread = withEvents(thread, [
    event(1, "message.created", edited),
    event(1, "message.created", message(1, { body: "old" })),
    event(2, "message.deleted", message(2)),
    event(3, "message.created", message(3, { deleted: true })),
    event(3, "message.created", message(3)),
  ]);

  expect(thread.messages.map((each) => [each.seq, each.body, each.deleted])).toEqual([
    [1, "new", false],
    [3, "text 3", true],
  ]);
});

test("other entries are lines, as far as the window reaches", () => {
  let thread = withAfter(opened(page(10, 11, 20)), page(12, 13, 20));
  const line = (seq: number) => event(seq, "conversation.status", { status: "open" });

  thread = withEvents(thread, [line(9), line(14), line(12.5 as number), line(12.5)]);

  expect(thread.lines.map((each) => each.seq)).toEqual([12.5]);
});

test("lines leave with the messages around them", () => {
  const line = (seq: number) => event(seq, "conversation.status", { status: "open" });
  let thread = withEvents(opened({ ...page(1, 0), has_before: false }), [line(1)]);
  thread = withAfter(thread, { ...page(2, 300), has_before: false });
  thread = withEvents(thread, [line(301), event(302), event(303)]);

  expect(thread.messages.length).toBe(MOST_MESSAGES);
  expect(thread.lines.map((each) => each.seq)).toEqual([301]);

  const earlier = withBefore(thread, page(1, 2));
  expect([lastSeq(earlier), earlier.lines]).toEqual([300, []]);
  const later = withAfter(thread, page(304, 602));
  expect([later.messages[0]?.seq, later.lines]).toEqual([303, []]);
});

test("an entry that is told late finds its place, unless it is outside", () => {
  const thread = opened({ ...page(5, 6), results: [message(5), message(8)] });

  expect(seqs(withEvents(thread, [event(6)]))).toEqual([5, 6, 8]);
  expect(seqs(withEvents(thread, [event(3)]))).toEqual([5, 8]);
});

test("however pages and entries come, the window is sorted, whole and without repeats", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("before" as const) }),
    fc.record({ do: fc.constant("after" as const) }),
    fc.record({ do: fc.constant("event" as const), repeat: fc.boolean() }),
    fc.record({ do: fc.constant("pin" as const), at: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), fc.array(step), (start, steps) => {
      let head = 900;
      const between = (from: number, to: number) => {
        const [first, end] = [Math.max(1, from), Math.min(head, to)];
        return { ...page(first, end, head), has_before: first > 1 };
      };
      let thread = opened(between(start - 50, start + 50));
      for (const each of steps) {
        const first = thread.messages[0]?.seq ?? 1;
        const last = lastSeq(thread);
        if (each.do === "before") thread = withBefore(thread, between(first - 100, first - 1));
        if (each.do === "after") thread = withAfter(thread, between(last + 1, last + 100));
        if (each.do === "pin") thread = pinned(thread, each.at);
        if (each.do === "event") {
          if (!each.repeat) head += 1;
          thread = withEvents(thread, [event(head)]);
        }
        expect(seqs(thread)).toEqual(range(seqs(thread)[0] ?? 1, lastSeq(thread)));
        expect(thread.messages.length).toBeLessThanOrEqual(MOST_MESSAGES);
        expect(thread.hasAfter).toBe(lastSeq(thread) < head);
        expect(thread.hasBefore).toBe((seqs(thread)[0] ?? 1) > 1);
      }
    }),
  );
});

// Rows

const at = (time: string) => ({ created_at: `2026-03-${time}Z` });
const dayOf = (moment: number) => new Date(moment).toISOString().slice(0, 10);

function outgoing(id: string, time: string, fields: Partial<Outgoing> = {}): Outgoing {
  return {
    conv: "c1",
    message: { client_id: id, body: id },
    after: null,
    writtenAt: Date.parse(`2026-03-${time}Z`),
    tries: 0,
    reason: null,
    place: null,
    state: "queued",
    ...fields,
  };
}

function drawn(rows: Row[]): string[] {
  return rows.map((row) => {
    if (row.kind === "day") return row.day;
    if (row.kind === "new") return "new";
    if (row.kind === "lines") return `${row.lines.length} lines${row.isFolded ? " folded" : ""}`;
    return `${row.key}${row.isFirst ? " first" : ""}${row.isLast ? " last" : ""}`;
  });
}

test("rows have days, the divider, groups of a minute, lines, and what is on its way", () => {
  const thread: Thread = {
    ...EMPTY_THREAD,
    newFrom: 3,
    messages: [
      message(1, { author: DANA, ...at("01T10:00:00") }),
      message(2, { author: DANA, ...at("01T10:01:00") }),
      message(3, { author: DANA, ...at("01T10:01:30") }),
      message(4, { author: OMAR, ...at("01T10:01:40") }),
      message(5, { author: OMAR, visibility: "note", ...at("01T10:01:41") }),
      message(7, { author: OMAR, visibility: "note", ...at("02T00:00:00") }),
      message(8, { author: null, ...at("02T00:00:01") }),
      message(9, { author: null, ...at("02T00:00:02") }),
      message(10, { author: LARA, client_id: "known", ...at("02T09:00:00") }),
    ],
    lines: [event(6, "conversation.status", { status: "open" })] as Thread["lines"],
  };
  const mine = [outgoing("known", "02T09:00:00"), outgoing("next", "02T09:00:30")];

  expect(drawn(rowsOf(thread, mine, "lara", dayOf))).toEqual([
    "2026-03-01",
    "m1 first",
    "m2 last",
    "new",
    "m3 first last",
    "m4 first last",
    "m5 first last",
    "1 lines",
    "2026-03-02",
    "m7 first last",
    "m8 first last",
    "m9 first last",
    "known first",
    "next last",
  ]);
});

test("more than three lines in a row are folded", () => {
  const line = (seq: number) => event(seq, "conversation.status", { status: "open" });
  const lines = [1, 2, 3, 4].map(line) as Thread["lines"];

  const three = rowsOf({ ...EMPTY_THREAD, lines: lines.slice(0, 3) }, [], "", dayOf);
  const four = rowsOf({ ...EMPTY_THREAD, lines }, [], "", dayOf);

  expect(drawn(three)).toEqual(["2026-03-01", "3 lines"]);
  expect(drawn(four)).toEqual(["2026-03-01", "4 lines folded"]);
});
