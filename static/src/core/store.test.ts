import { expect, test } from "vitest";
import { Store } from "./store";
import { MemoryStorage } from "./testing/world";

test("what is written is read under its prefix alone", () => {
  const storage = new MemoryStorage();
  const [mine, theirs] = [new Store(storage, "lara."), new Store(storage, "omar.")];

  expect(mine.write("a", { n: 1 })).toBe(true);
  theirs.write("b", 2);

  expect(mine.read("a")).toEqual({ n: 1 });
  expect([mine.keys(), theirs.keys()]).toEqual([["a"], ["b"]]);
  expect([mine.own("lara.a"), mine.own("omar.b"), mine.own(null)]).toEqual(["a", null, null]);
  mine.remove("a");
  expect(mine.read("a")).toBeUndefined();
});

test("a storage that is full, broken or missing never throws", () => {
  const full = new MemoryStorage();
  full.isFull = true;
  const broken = new Proxy(new MemoryStorage(), {
    get: () => {
      throw new DOMException("forbidden", "SecurityError");
    },
  });
  for (const storage of [full, broken, null]) {
    const store = new Store(storage, "lara.");
    expect(store.write("a", 1)).toBe(false);
    expect(store.read("a")).toBeUndefined();
    expect(store.keys()).toEqual([]);
    store.remove("a");
  }
});
