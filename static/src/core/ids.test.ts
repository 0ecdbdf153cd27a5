import { expect, test } from "vitest";
import { idMaker } from "./ids";

const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("an id holds the time, a count and chance", () => {
  const make = idMaker(
    () => 0x0195_1234_5678,
    (bytes) => bytes.fill(0xff),
  );

  expect(make()).toBe("01951234-5678-7000-bfff-ffffffffffff");
  expect(make()).toBe("01951234-5678-7001-bfff-ffffffffffff");
});

test("ids sort as they were made, also in one millisecond and when the clock goes back", () => {
  let now = 1_700_000_000_000;
  const make = idMaker(() => now);
  const made: string[] = [];
  for (let n = 0; n < 5000; n++) made.push(make());
  now -= 60_000;
  made.push(make());
  now += 120_000;
  made.push(make());

  expect(made.every((id) => VERSION_7.test(id))).toBe(true);
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});
