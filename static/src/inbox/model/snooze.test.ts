import { expect, test } from "vitest";
import { snoozeTimes, timeIn } from "./snooze";

/** A Wednesday. */
const NOW = new Date("2026-03-04T14:30:00Z");

function shown(at: Date | null): string {
  if (at === null) return "none";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

test.each([
  ["", "none"],
  ["fri 10am", "03-06 10:00"],
  ["Friday", "03-06 09:00"],
  ["wed 9am", "03-11 09:00"],
  ["tomorrow", "03-05 09:00"],
  ["tomorrow at 16:15", "03-05 16:15"],
  ["today 5pm", "03-04 17:00"],
  ["today 9am", "none"],
  ["in 2 hours", "03-04 16:30"],
  ["30m", "03-04 15:00"],
  ["3 days", "03-07 14:30"],
  ["15:30", "03-04 15:30"],
  ["9am", "03-05 09:00"],
  ["12am", "03-05 00:00"],
  ["12pm", "03-05 12:00"],
  ["25:00", "none"],
  ["13pm", "none"],
  ["0m", "none"],
  ["fri soon", "none"],
  ["whenever", "none"],
  ["غدا", "03-05 09:00"],
  ["الجمعة 10:30", "03-06 10:30"],
  ["2 ساعات", "03-04 16:30"],
])("%j means %s", (text, wanted) => {
  expect(shown(timeIn(text, NOW))).toBe(wanted);
});

test("the usual times", () => {
  expect(snoozeTimes(NOW).map(({ id, at }) => `${id} ${shown(at)}`)).toEqual([
    "later 03-04 17:30",
    "tomorrow 03-05 09:00",
    "monday 03-09 09:00",
    "week 03-11 09:00",
  ]);
});

test("late at night nothing is later today, and on a Monday the next one is meant", () => {
  const times = snoozeTimes(new Date("2026-03-02T22:00:00Z"));

  expect(times.map(({ id, at }) => `${id} ${shown(at)}`)).toEqual([
    "tomorrow 03-03 09:00",
    "monday 03-09 09:00",
    "week 03-09 09:00",
  ]);
});
