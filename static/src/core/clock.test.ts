import { expect, test } from "vitest";
import { Alarm, browserClock } from "./clock";
import { ManualClock } from "./testing/clock";

function world() {
  const clock = new ManualClock();
  const rang: number[] = [];
  const alarm = new Alarm(clock, () => rang.push(clock.now() - 1_000_000));
  return { clock, rang, alarm };
}

test("an alarm rings once, at the time it was set to last", async () => {
  const { clock, rang, alarm } = world();
  alarm.set(100);
  alarm.set(300);
  expect(alarm.isSet).toBe(true);

  await clock.pass(1000);

  expect(rang).toEqual([300]);
  expect(alarm.isSet).toBe(false);
});

test("within a time it rings no later than that, and sooner where it was set so", async () => {
  const { clock, rang, alarm } = world();
  alarm.within(300);
  alarm.within(500);
  alarm.within(200);

  await clock.pass(1000);

  expect(rang).toEqual([200]);
});

test("cleared, it does not ring", async () => {
  const { clock, rang, alarm } = world();
  alarm.set(100);

  alarm.clear();
  await clock.pass(1000);

  expect(rang).toEqual([]);
});

test("the browser's clock runs what is not taken off", async () => {
  const clock = browserClock();
  const before = clock.now();
  let isWrong = false;
  const timer = clock.after(0, () => {
    isWrong = true;
  });

  clock.cancel(timer);
  await new Promise<void>((resolve) => clock.after(0, resolve));

  expect(isWrong).toBe(false);
  expect(clock.now()).toBeGreaterThanOrEqual(before);
});
