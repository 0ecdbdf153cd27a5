import { expect, test } from "vitest";
import { leases, webLocks } from "./locks";
import { Store } from "./store";
import { ManualClock, settled } from "./testing/clock";
import { MemoryStorage } from "./testing/world";

function gate() {
  let open: () => void = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

test("a free web lock is held during the work, a taken one is left alone", async () => {
  const held = new Set<string>();
  const manager = {
    request: async (name: string, _: LockOptions, work: (lock: Lock | null) => unknown) => {
      if (held.has(name)) return work(null);
      held.add(name);
      const result = await work({ name, mode: "exclusive" });
      held.delete(name);
      return result;
    },
  } as unknown as LockManager;
  const locks = webLocks(manager);
  const { open, passed } = gate();

  const first = locks.run("a", () => passed);
  const second = await locks.run("a", () => Promise.reject(new Error("not this one")));
  open();

  expect([await first, second]).toEqual([true, false]);
  expect(held.size).toBe(0);
});

function tabs() {
  const clock = new ManualClock();
  const storage = new MemoryStorage();
  const tab = (owner: string) => leases(new Store(storage, "lock."), clock, owner);
  return { clock, storage, one: tab("one"), two: tab("two") };
}

test("one tab holds a lease until its work is done", async () => {
  const { clock, storage, one, two } = tabs();
  const { open, passed } = gate();
  const first = one.run("a", () => passed);
  await clock.pass(50);
  await clock.pass(60_000);

  expect(await two.run("a", () => passed)).toBe(false);
  expect(await one.run("a", () => passed)).toBe(false);
  open();

  expect(await first).toBe(true);
  expect(storage.length).toBe(0);
  expect(clock.due).toEqual([]);
});

test("of two tabs that begin in the same moment the last one wins", async () => {
  const { clock, storage, one, two } = tabs();
  const done: string[] = [];
  const work = (name: string) => async () => void done.push(name);
  const first = one.run("a", work("one"));
  storage.removeItem("lock.a");
  const second = two.run("a", work("two"));

  await clock.pass(50);

  expect(await Promise.all([first, second])).toEqual([false, true]);
  expect(done).toEqual(["two"]);
});

test("the lease of a tab that died runs out", async () => {
  const { clock, storage, two } = tabs();
  storage.setItem("lock.a", JSON.stringify({ owner: "one", until: clock.now() + 15_000 }));
  expect(await two.run("a", async () => {})).toBe(false);

  await clock.pass(15_000);
  const taken = two.run("a", async () => {});
  await clock.pass(50);

  expect(await taken).toBe(true);
});

test("without storage each tab is alone", async () => {
  const clock = new ManualClock();
  const locks = leases(new Store(null, "lock."), clock, "one");

  const taken = locks.run("a", async () => {});
  await clock.pass(50);

  expect(await taken).toBe(true);
});

test("work that fails gives the lease back", async () => {
  const { clock, storage, one } = tabs();

  const failed = expect(one.run("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await clock.pass(50);
  await failed;
  await settled();

  expect(storage.length).toBe(0);
});
