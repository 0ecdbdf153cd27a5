import { expect, test } from "vitest";
import { ReadMarker } from "./readmarker";
import { ManualClock } from "./testing/clock";
import { FakePage } from "./testing/world";

function world() {
  const clock = new ManualClock();
  const page = new FakePage();
  const told: string[] = [];
  const marker = new ReadMarker({
    clock,
    page,
    read: (conv, seq, isLast) => told.push(`read ${conv} ${seq}${isLast ? " last" : ""}`),
  });
  marker.open("c1", 3);
  return { clock, page, told, marker };
}

test("what was in view for a second is read, and told two seconds later", async () => {
  const { clock, marker, told } = world();

  marker.show(4);
  marker.show(4);
  await clock.pass(999);
  expect(marker.readTo).toBe(3);
  await clock.pass(1);
  expect(marker.readTo).toBe(4);
  marker.show(5);
  await clock.pass(1000);
  expect([marker.readTo, told]).toEqual([5, []]);
  await clock.pass(1000);

  expect(told).toEqual(["read c1 5"]);
});

test("what went by was not read", async () => {
  const { clock, marker } = world();

  marker.show(4);
  await clock.pass(500);
  marker.show(5);
  marker.hide(4);
  await clock.pass(999);

  expect(marker.readTo).toBe(3);
  await clock.pass(1);
  expect(marker.readTo).toBe(5);
});

test("each message has a second of its own", async () => {
  const { clock, marker } = world();

  marker.show(4);
  await clock.pass(600);
  marker.show(5);
  await clock.pass(400);
  expect(marker.readTo).toBe(4);
  await clock.pass(600);

  expect(marker.readTo).toBe(5);
});

test.each([{ visible: false }, { focused: false }])("with %o nothing is read", async (state) => {
  const { clock, page, marker, told } = world();
  page.set(state);

  marker.show(4);
  await clock.pass(60_000);
  expect([marker.readTo, told]).toEqual([3, []]);
  page.set({ visible: true, focused: true });
  await clock.pass(999);
  expect(marker.readTo).toBe(3);
  await clock.pass(1);

  expect(marker.readTo).toBe(4);
});

test("looking away begins the second anew", async () => {
  const { clock, page, marker } = world();
  marker.show(4);
  await clock.pass(900);
  page.set({ focused: false });
  page.set({ focused: true });

  await clock.pass(999);
  expect(marker.readTo).toBe(3);
  await clock.pass(1);

  expect(marker.readTo).toBe(4);
});

test("it never goes back", async () => {
  const { clock, marker, told } = world();
  marker.show(2);
  marker.show(3);

  await clock.pass(60_000);

  expect([marker.readTo, told, clock.due]).toEqual([3, [], []]);
});

test.each(["leave", "hidden", "pagehide"])("%s tells at once what was read", async (how) => {
  const { clock, page, marker, told } = world();
  marker.show(4);
  await clock.pass(1000);

  if (how === "leave") marker.leave();
  if (how === "hidden") page.set({ visible: false });
  if (how === "pagehide") page.fire("pagehide");
  await clock.pass(60_000);

  expect(told).toEqual([how === "leave" ? "read c1 4" : "read c1 4 last"]);
});

test("marked as unread, it stays so until one leaves", async () => {
  const { clock, marker, told } = world();
  marker.show(6);
  await clock.pass(1000);

  marker.markUnread("c1", 5);
  marker.show(7);
  marker.heard("c1", 6);
  await clock.pass(60_000);
  expect([marker.readTo, told]).toEqual([4, []]);
  marker.open("c1", 4);
  marker.show(7);
  await clock.pass(3000);

  expect(told).toEqual(["read c1 7"]);
});

test("a mark that could not be kept is taken away, and reading goes on", async () => {
  const { clock, marker, told } = world();
  marker.show(6);
  await clock.pass(1000);

  const unmark = marker.markUnread("c1", 5);
  marker.markUnread("c2", 1);
  marker.show(7);
  await clock.pass(60_000);
  unmark();
  await clock.pass(3000);

  expect(told).toEqual(["read c1 7"]);
});

test("what another tab has read is read here too, and not told again", async () => {
  const { clock, marker, told } = world();

  marker.heard("c1", 9);
  marker.heard("c1", 8);
  marker.heard("c2", 20);
  marker.show(9);
  await clock.pass(60_000);

  expect([marker.readTo, told]).toEqual([9, []]);
});

test("without a conversation nothing happens", async () => {
  const { clock, page, marker, told } = world();
  marker.close();

  marker.show(4);
  marker.markUnread("c1", 4);
  page.fire("pagehide");
  await clock.pass(60_000);

  expect(told).toEqual([]);
  expect(clock.due).toEqual([]);
});
