import { expect, test } from "vitest";
import { ManualClock, settled } from "../../core/testing/clock";
import { conversation, LARA, OMAR } from "../../core/testing/objects";
import { FakePage } from "../../core/testing/world";
import type { Conversation } from "../../core/types";
import { Alerts, titleOf } from "./alerts";

function world(wanted: "off" | "mine" | "all" = "mine", isLeader = true) {
  const page = new FakePage();
  const clock = new ManualClock();
  const lock = { isFree: isLeader };
  let rung = 0;
  const alerts = new Alerts({
    clock,
    page,
    locks: {
      run: async (_name, work) => {
        if (lock.isFree) await work();
        return lock.isFree;
      },
    },
    me: LARA.id,
    wanted: () => wanted,
    ring: () => {
      rung += 1;
    },
  });
  const hear = (fields: Partial<Conversation>, id = "c1") => alerts.heard(conversation(id, fields));
  return { alerts, page, clock, lock, hear, rung: () => rung };
}

test("it rings for what is new and one's own, while one looks elsewhere", async () => {
  const { alerts, page, hear, rung } = world();
  await settled();
  alerts.know([conversation("c1", { assignee: LARA, unread: 1 })]);
  page.focused = false;

  hear({ assignee: LARA, unread: 1 });
  hear({ assignee: OMAR, unread: 1 }, "c2");
  expect(rung()).toBe(0);
  hear({ assignee: LARA, unread: 2 });
  hear({ kind: "direct", unread: 1 }, "c3");
  expect(rung()).toBe(2);

  page.focused = true;
  hear({ assignee: LARA, unread: 3 });
  expect(rung()).toBe(2);
});

test.each([
  ["off", 0],
  ["mine", 0],
  ["all", 1],
] as const)("wanted %s, what is another's rings %d times", async (wanted, times) => {
  const { page, hear, rung } = world(wanted);
  await settled();
  page.visible = false;

  hear({ assignee: OMAR, unread: 1 });

  expect(rung()).toBe(times);
});

test("one tab rings; another takes over when it is gone", async () => {
  const { page, clock, lock, hear, rung } = world("all", false);
  await settled();
  page.focused = false;
  hear({ unread: 1 });
  expect(rung()).toBe(0);

  lock.isFree = true;
  await clock.pass(5000);
  hear({ unread: 2 });

  expect(rung()).toBe(1);
});

test("the title counts what is one's own alone", () => {
  const shown = (count: number) => (count > 99 ? "99+" : String(count));

  expect(titleOf("Inbox", { open: 9, mine: 3, mentions: 2, unassigned: 7 }, shown)).toBe(
    "(5) Inbox · TokDesk",
  );
  expect(titleOf("Inbox", { open: 9, mine: 0 }, shown)).toBe("Inbox · TokDesk");
  expect(titleOf("Inbox", null, shown)).toBe("Inbox · TokDesk");
});
