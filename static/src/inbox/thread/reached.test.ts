import { expect, test } from "vitest";
import { LARA, message } from "../../core/testing/objects";
import { reachedOf } from "./reached";

const own = (seq: number, fields: object = {}) => message(seq, { author: LARA, ...fields });

test.each([
  ["nothing of one's own", [message(1)], 9, { sent: null, seen: null, end: 1 }],
  ["nothing at all", [], 0, { sent: null, seen: null, end: null }],
  ["the last is seen", [own(1), own(2)], 2, { sent: 2, seen: 2, end: 2 }],
  ["only the first is seen", [own(1), own(2), message(3)], 1, { sent: 2, seen: 1, end: 3 }],
  ["the server says so", [own(1, { delivery: "read" })], 0, { sent: 1, seen: 1, end: 1 }],
  [
    "a note reaches nobody",
    [own(1), own(2, { visibility: "note" })],
    0,
    { sent: 1, seen: null, end: 2 },
  ],
  ["nor what was deleted", [own(1), own(2, { deleted: true })], 0, { sent: 1, seen: null, end: 2 }],
])("%s", (_name, messages, seenTo, wanted) => {
  expect(reachedOf(messages, LARA.id, seenTo)).toEqual(wanted);
});
