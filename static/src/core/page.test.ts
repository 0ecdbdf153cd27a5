import { expect, test } from "vitest";
import { browserSurroundings, hasAttention } from "./page";
import { FakePage } from "./testing/world";

test("a browser's page tells what it is and what happens to it", () => {
  const page = browserSurroundings(window);
  const told: string[] = [];
  const offs = [
    page.on("focus", () => told.push("focus")),
    page.on("visibility", () => told.push("visibility")),
    page.onStorage((key) => told.push(`storage ${key}`)),
  ];
  const happen = () => {
    window.dispatchEvent(new Event("focus"));
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new StorageEvent("storage", { key: "a" }));
  };

  happen();
  for (const off of offs) off();
  happen();

  expect(told).toEqual(["focus", "visibility", "storage a"]);
  expect(page.isOnline()).toBe(true);
  expect(page.isVisible()).toBe(true);
  expect(page.hasFocus()).toBe(document.hasFocus());
});

test.each([
  [true, true, true],
  [true, false, false],
  [false, true, false],
])("visible %s, focused %s: attention %s", (visible, focused, attention) => {
  const page = new FakePage();
  page.set({ visible, focused });

  expect(hasAttention(page)).toBe(attention);
});
