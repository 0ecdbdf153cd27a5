import { expect, test } from "vitest";
import { ApiError } from "../../core/errors";
import { Store } from "../../core/store";
import { ManualClock } from "../../core/testing/clock";
import { MemoryStorage } from "../../core/testing/world";
import type { Availability } from "../../core/types";
import { Standing } from "./standing";

const IDLE = 10 * 60_000;

function world(state: Availability, isRefused = false) {
  const clock = new ManualClock();
  const told: string[] = [];
  const changeMe = async ({ availability }: { availability?: Availability }) => {
    told.push(String(availability));
    if (isRefused) throw new ApiError({ status: 500, code: "broken" });
    return {} as never;
  };
  const standing = new Standing({ changeMe }, clock, new Store(new MemoryStorage(), "t."), state);
  standing.start();
  return { standing, clock, told };
}

test.each([
  ["offline", ["online"]],
  ["online", []],
  ["busy", []],
  ["invisible", []],
] as const)("whoever was %s and opens the inbox tells %j", async (state, wanted) => {
  expect(world(state).told).toEqual(wanted);
});

test("away by itself when nobody touches a key, and back with the first one", async () => {
  const { standing, clock, told } = world("online");
  await clock.pass(IDLE - 1);
  standing.active();
  await clock.pass(IDLE - 1);
  expect(standing.state).toBe("online");

  await clock.pass(1);
  expect(standing.state).toBe("away");
  standing.active();
  await clock.pass(0);

  expect([standing.state, told]).toEqual(["online", ["away", "online"]]);
});

test("what was chosen stays", async () => {
  const { standing, clock, told } = world("online");
  standing.choose("busy");
  await clock.pass(2 * IDLE);
  standing.active();

  expect([standing.state, told]).toEqual(["busy", ["busy"]]);
});

test("what the server refuses is taken back", async () => {
  const { standing, clock } = world("busy", true);
  const errors: Error[] = [];
  standing.onError.add((error) => errors.push(error));

  standing.choose("away");
  await clock.pass(0);

  expect([standing.state, errors.length]).toEqual(["busy", 1]);
});

test("whoever works in another tab is not away, and then all tabs are", async () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const storage = new MemoryStorage();
  const changeMe = async ({ availability }: { availability?: Availability }) => {
    told.push(String(availability));
    return {} as never;
  };
  const tab = () => new Standing({ changeMe }, clock, new Store(storage, "t."), "online");
  const [behind, before] = [tab(), tab()];
  behind.start();
  before.start();

  for (let minute = 0; minute < 12; minute++) {
    await clock.pass(60_000);
    before.active();
  }
  expect(told).toEqual([]);
  await clock.pass(IDLE);
  expect(told).toContain("away");
  expect([behind.state, before.state]).toEqual(["away", "away"]);
});
