import fc from "fast-check";
import { expect, test } from "vitest";
import { Log } from "./log";
import { event } from "./testing/objects";

const seqs = (events: { seq: number }[]) => events.map((each) => each.seq);

test("the next entry is applied, a later one waits, an earlier one is dropped", () => {
  const log = new Log(2, "e");

  expect(seqs(log.take(event(3)))).toEqual([3]);
  expect(seqs(log.take(event(5)))).toEqual([]);
  expect(log.hasHole).toBe(true);
  expect(seqs(log.take(event(3)))).toEqual([]);
  expect(seqs(log.take(event(4)))).toEqual([4, 5]);
  expect(log.hasHole).toBe(false);
  expect(log.seq).toBe(5);
});

test("before it is known where the log stands, all entries wait", () => {
  const log = new Log();

  expect(log.take(event(7))).toEqual([]);
  expect(log.take(event(8))).toEqual([]);

  expect(seqs(log.startAt(7, "e"))).toEqual([8]);
  expect(log.epoch).toBe("e");
});

test("what is forgotten is not applied later", () => {
  const log = new Log(1, "e");
  log.take(event(3));

  log.forget();

  expect([log.seq, log.epoch, log.hasHole]).toEqual([null, null, false]);
});

test("a flood behind a hole is bounded, and the entry that fills the hole still fits", () => {
  const log = new Log(0, "e");
  for (let seq = 2; seq < 1000; seq++) log.take(event(seq));

  expect(log.take(event(1)).length).toBe(501);
});

test("any order, with repeats, is applied in order and once", () => {
  const deliveries = fc
    .integer({ min: 1, max: 40 })
    .chain((n) => fc.tuple(fc.constant(n), fc.array(fc.integer({ min: 1, max: n }))));
  fc.assert(
    fc.property(deliveries, ([n, order]) => {
      const log = new Log(0, "e");

      const applied = [...order, ...Array.from({ length: n }, (_, i) => n - i)].flatMap((seq) =>
        seqs(log.take(event(seq))),
      );

      expect(applied).toEqual(Array.from({ length: n }, (_, i) => i + 1));
    }),
  );
});
