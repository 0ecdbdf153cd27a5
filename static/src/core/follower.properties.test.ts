import fc from "fast-check";
import { expect, test } from "vitest";
import { Model, upTo } from "./testing/logserver";

type Deed =
  | { do: "append"; heard: boolean }
  | { do: "repeat"; seq: number }
  | { do: "beat" }
  | { do: "cut" }
  | { do: "restore"; head: number }
  | { do: "pass"; ms: number };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("append"), heard: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("repeat"), seq: fc.nat(40) }) },
  fc.record({ do: fc.constant("beat") }),
  fc.record({ do: fc.constant("cut") }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pass"), ms: fc.nat(200) }) },
) as fc.Arbitrary<Deed>;
const restore: fc.Arbitrary<Deed> = fc.record({ do: fc.constant("restore"), head: fc.nat(5) });

/** What was kept aside of the first was once shown as the second's. */
const RESTORED_TWICE: Deed[] = [
  { do: "restore", head: 3 },
  { do: "pass", ms: 50 },
  { do: "append", heard: false },
  { do: "append", heard: true },
  { do: "restore", head: 4 },
];

async function run(model: Model, deeds: Deed[]): Promise<void> {
  for (const each of deeds) {
    const isOpen = model.socket.isReady;
    if (each.do === "append") {
      model.head += 1;
      if (each.heard && isOpen) model.deliver(model.head);
    } else if (each.do === "repeat") {
      if (isOpen && each.seq > 0 && each.seq <= model.head) model.deliver(each.seq);
    } else if (each.do === "beat") {
      if (isOpen) model.beat();
    } else if (each.do === "cut") {
      if (isOpen) model.server.last.shut(1006);
    } else if (each.do === "restore") {
      model.epoch += "x";
      model.head = each.head;
      if (isOpen) model.server.last.shut(1006);
    } else {
      await model.clock.pass(each.ms);
    }
  }
  await model.clock.pass(5000);
  model.beat();
  await model.clock.pass(5000);
}

test("whatever is lost, doubled or shuffled, all is shown once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 60 }), fc.nat(120), async (deeds, delay) => {
      const model = new Model();
      model.delay = delay;
      await model.start({ seq: 0, epoch: "e1" });

      await run(model, deeds);

      expect(model.shown).toEqual(upTo(model.head));
      expect(model.resets).toEqual([]);
      expect(model.followers.state("c1")).toBe("live");
    }),
    { numRuns: 150 },
  );
});

test("restored databases in between, what is shown is what the server has", async () => {
  const deeds = fc.array(fc.oneof({ weight: 8, arbitrary: deed }, restore), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(deeds, fc.nat(120), async (all, delay) => {
      const model = new Model();
      model.delay = delay;
      await model.start({ seq: 0, epoch: "e1" });

      await run(model, all);

      expect(model.shown).toEqual(upTo(model.head));
    }),
    { numRuns: 150, examples: [[RESTORED_TWICE, 0]] },
  );
});
