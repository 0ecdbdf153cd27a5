import { expect, test } from "vitest";
import { momentOf, wallOf } from "./zones";

const CASES = [
  ["UTC", "2026-03-01T09:00:00.000Z", "2026-03-01T09:00:00.000Z"],
  ["Pacific/Auckland", "2026-01-10T03:00:00.000Z", "2026-01-10T16:00:00.000Z"],
  ["Asia/Riyadh", "2026-12-31T22:30:00.000Z", "2027-01-01T01:30:00.000Z"],
  ["Asia/Kathmandu", "2026-03-01T18:15:00.000Z", "2026-03-02T00:00:00.000Z"],
  // The day on which clocks go forward, before and after it.
  ["America/New_York", "2026-03-08T06:59:00.000Z", "2026-03-08T01:59:00.000Z"],
  ["America/New_York", "2026-03-08T07:00:00.000Z", "2026-03-08T03:00:00.000Z"],
  ["America/New_York", "2026-11-01T15:00:00.000Z", "2026-11-01T10:00:00.000Z"],
] as const;

test.each(CASES)("in %s the wall shows at %s %s, and back", (zone, at, wall) => {
  expect(wallOf(new Date(at), zone).toISOString()).toBe(wall);
  expect(momentOf(new Date(wall), zone).toISOString()).toBe(at);
});

test("an hour that was left out is the one behind it", () => {
  const wall = new Date("2026-03-08T02:30:00Z");

  const at = momentOf(wall, "America/New_York").toISOString();

  expect(at).toBe("2026-03-08T07:30:00.000Z");
});
