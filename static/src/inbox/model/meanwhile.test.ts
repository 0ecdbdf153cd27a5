import { expect, test } from "vitest";
import { event } from "../../core/testing/objects";
import { Meanwhile } from "./meanwhile";

const seqs = (meanwhile: Meanwhile, head: number) =>
  meanwhile.after(head)?.map((each) => each.seq) ?? null;

test("what stands behind a page is known from where the log begins", () => {
  const meanwhile = new Meanwhile();
  meanwhile.startAt(5);
  meanwhile.heard([event(6), event(7)]);
  meanwhile.heard([event(8)]);

  expect([4, 5, 6, 8, 9].map((head) => seqs(meanwhile, head))).toEqual([
    null,
    [6, 7, 8],
    [7, 8],
    [],
    [],
  ]);
});

test("a log that begins anew knows nothing of the one before", () => {
  const meanwhile = new Meanwhile(3);
  meanwhile.heard([event(4)]);

  meanwhile.startAt(2);

  expect(seqs(meanwhile, 2)).toEqual([]);
});

test("what is too long ago is not known any more", () => {
  const meanwhile = new Meanwhile();
  meanwhile.heard(Array.from({ length: 600 }, (_, n) => event(n + 1)));

  expect([seqs(meanwhile, 99), seqs(meanwhile, 100)?.length]).toEqual([null, 500]);
});
