import { expect, test } from "vitest";
import { ApiError } from "../../core/errors";
import { ManualClock } from "../../core/testing/clock";
import { conversation } from "../../core/testing/objects";
import { whole } from "../testing/desk";
import { Once } from "./once";
import { Talks } from "./talks";

function world(answer: () => Promise<ReturnType<typeof whole>>) {
  const clock = new ManualClock();
  const talks = new Talks({ conversation: answer }, clock);
  const told: string[] = [];
  talks.onChange.add((conv) => told.push(conv));
  return { talks, told, clock };
}

test("a row is known before the whole, and the whole goes on from it", async () => {
  const { talks, told } = world(async () => whole("c1", { following: true }));

  talks.tell(conversation("c1", { subject: "Parcel" }));
  expect([talks.get("c1").row?.subject, talks.get("c1").whole]).toEqual(["Parcel", null]);
  await talks.load("c1");
  talks.tell(conversation("c1", { subject: "Late parcel", version: 2 }));

  const { whole: known } = talks.get("c1");
  expect([known?.subject, known?.following, told]).toEqual([
    "Late parcel",
    true,
    ["c1", "c1", "c1"],
  ]);
});

test.each([
  [{ version: 4, last_seq: 9 }, "new"],
  [{ version: 5, last_seq: 8 }, "new"],
  [{ version: 5, last_seq: 9 }, "old"],
])("a row of %j comes late or not: %s", (fields, subject) => {
  const { talks } = world(async () => whole("c1"));
  talks.tell(conversation("c1", { version: 5, last_seq: 9, subject: "new" }));

  talks.tell(conversation("c1", { ...fields, subject: "old" }));

  expect(talks.get("c1").row?.subject).toBe(subject);
});

test("what cannot be read says why", async () => {
  const { talks } = world(async () => {
    throw new ApiError({ status: 403, code: "permission_denied" });
  });

  await talks.load("c1");

  expect(talks.get("c1").error?.code).toBe("permission_denied");
});

test("what is asked for once is asked for again only where it failed", async () => {
  let asked = 0;
  const once = new Once(async () => {
    asked += 1;
    if (asked === 1) throw new Error("no network");
    return asked;
  });

  await expect(once.read()).rejects.toThrow("no network");

  expect([await once.read(), await once.read(), asked]).toEqual([2, 2, 2]);
});

test("a whole that was read before does not take back a newer row", async () => {
  let give: (answer: ReturnType<typeof whole>) => void = () => {};
  const reading = new Promise<ReturnType<typeof whole>>((resolve) => {
    give = resolve;
  });
  const { talks } = world(() => reading);
  const loading = talks.load("c1");

  talks.tell(conversation("c1", { version: 2, last_seq: 6, status: "resolved" }));
  give(whole("c1", { version: 1, last_seq: 5, status: "open", following: true }));
  await loading;

  const { row, whole: known } = talks.get("c1");
  expect([row?.status, known?.status, known?.following]).toEqual(["resolved", "resolved", true]);
});

test("what could not be read anew stays, and is asked for again", async () => {
  const answers: (() => ReturnType<typeof whole>)[] = [
    () => whole("c1"),
    () => {
      throw new ApiError({ status: 503, code: "unavailable" });
    },
    () => whole("c1", { following: true }),
  ];
  const { talks, clock } = world(async () => (answers.shift() as () => ReturnType<typeof whole>)());
  await talks.load("c1");

  await talks.load("c1");
  expect([talks.get("c1").error, talks.get("c1").whole?.following]).toEqual([null, false]);
  await clock.pass(5000);

  expect([talks.get("c1").whole?.following, answers]).toEqual([true, []]);
});
