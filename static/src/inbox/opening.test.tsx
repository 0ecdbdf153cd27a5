/** What is open: read again after a failure, marked as read, and undone to where it was. */

import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { settled } from "../core/testing/clock";
import { event } from "../core/testing/objects";
import { json, problem } from "../core/testing/world";
import { asked, openPage, page as pageOf, row, said, talk, whole } from "./testing/desk";
import { button, click, messages } from "./testing/screen";

const OPEN = "/app/v/mine/c/c1";
const HELLO = [said(1, "Hello")];
const given = { answers: talk("c1", HELLO), heads: { c1: 1 } };
const reads = (frames: { op: string }[]) => frames.filter((each) => each.op === "read");

test("after a blip the actions work again", async () => {
  let fails = false;
  const answers = { ...talk("c1", HELLO), ...talk("c2", [said(1, "Second")]) };
  const before = answers["GET conversations/c1/"] as object;
  answers["GET conversations/c1/"] = () => (fails ? problem(503, "unavailable") : json(before));
  const { server, pass, page } = await openPage(OPEN, {
    answers,
    heads: { c1: 1, c2: 1 },
  });
  fails = true;
  await act(async () => {
    server.last.say({
      op: "event",
      ...event(2, "conversation.attributes", { attributes: { a: 1 } }),
    });
    await settled();
  });
  fails = false;
  await act(async () => {
    server.last.shut(1006);
    await settled();
  });
  await pass(40_000);
  expect(page.actions.get("conversation.resolve")?.when?.(page.context)).toBe(true);
  expect(screen.getAllByRole("complementary")).toHaveLength(1);
});

test("retry opens what could not be read", async () => {
  let fails = true;
  const answers = talk("c9", HELLO);
  const before = answers["GET conversations/c9/"] as object;
  answers["GET conversations/c9/"] = () => (fails ? problem(503, "unavailable") : json(before));
  await openPage("/app/c/c9", { answers, heads: { c9: 1 } });
  fails = false;
  await click(button("Try again"));
  expect(messages()).toEqual(["Hello"]);
});

test("retry finds what a number names", async () => {
  let found = false;
  const { page } = await openPage("/app/c/4821", {
    answers: {
      ...talk("c1", HELLO),
      "GET conversations/": () =>
        found ? json(pageOf([row("c1", { number: 4821 })])) : problem(503, "unavailable"),
    },
    heads: { c1: 1 },
  });
  found = true;
  await click(within(screen.getByRole("main")).getByRole("button", { name: "Try again" }));
  expect([page.place?.conv, messages()]).toEqual(["c1", ["Hello"]]);
});

test("a mark that one has set goes when it is opened and read", async () => {
  const rows = pageOf([row("c1", { marked_unread: true, unread: 0 }), row("c2")]);
  const { server, page, pass } = await openPage(OPEN, {
    answers: talk("c1", HELLO, { marked_unread: true, unread: 0 }),
    heads: { c1: 1 },
    boot: { page: rows },
  });
  await act(async () => {
    page.desk.marker.show(1);
  });
  await pass(5000);
  expect(reads(server.last.sent)).toEqual([{ op: "read", conv: "c1", seq: 1 }]);
});

test("what a link leads to is read too", async () => {
  const many = Array.from({ length: 6 }, (_, n) => said(n + 1, `M${n + 1}`));
  const rows = pageOf([row("c1", { unread: 3, last_seq: 6 }), row("c2")]);
  const { server, page, pass } = await openPage(`${OPEN}?m=4`, {
    answers: talk("c1", many, { unread: 3 }),
    heads: { c1: 6 },
    boot: { page: rows },
  });
  await act(async () => {
    for (const s of [4, 5, 6]) page.desk.marker.show(s);
  });
  await pass(5000);
  expect(reads(server.last.sent)).toEqual([{ op: "read", conv: "c1", seq: 6 }]);
});

test("a mark that did not arrive is not told as done", async () => {
  const { page } = await openPage(OPEN, {
    ...given,
    answers: {
      ...given.answers,
      "POST conversations/c1/unread/": () => problem(503, "unavailable"),
    },
  });
  await act(async () => {
    await page.deeds.markUnread("c1");
  });
  expect(page.ui.getState().toasts.map((t) => t.tone)).toEqual(["bad"]);
  expect(page.rows[0]).toMatchObject({ id: "c1", marked_unread: false });
});

test("resolving what waited for the customer can be taken back", async () => {
  let status = "pending";
  const answers = {
    ...talk("c1", HELLO, { status: "pending" as never }),
    "POST conversations/c1/status/": (r: { body: unknown }) => {
      const to = (r.body as { status: string }).status;
      // conversations/choices.py: RESOLVED: (OPEN,)
      if (status === "resolved" && to !== "open") return problem(409, "illegal_move");
      status = to;
      return json(whole("c1", { status: to as never, last_seq: 4 }));
    },
  };
  const { page } = await openPage("/app/v/pending/c/c1", { answers, heads: { c1: 1 } });
  await act(async () => {
    await page.deeds.setStatus("c1", "resolved");
  });
  await act(async () => {
    page.ui.getState().toasts.at(-1)?.undo?.();
    await settled();
  });
  const last = page.ui.getState().toasts.at(-1);
  // A second press would take back what was just taken back.
  expect([status, last?.tone, last?.undo]).toEqual(["pending", "plain", null]);
});

test("taking back a snooze brings the one before back", async () => {
  const answers = {
    ...talk("c1", HELLO, { snoozed_until: "2026-03-05T09:00:00Z" }),
    "POST conversations/c1/snooze/": whole("c1", {
      snoozed_until: "2026-03-02T09:00:00Z",
      last_seq: 4,
    }),
  };
  const { page, network } = await openPage(OPEN, {
    answers,
    heads: { c1: 1 },
    boot: { page: pageOf([row("c1", { snoozed_until: "2026-03-05T09:00:00Z" })]) },
  });
  await act(async () => {
    await page.deeds.snooze("c1", "2026-03-02T09:00:00.000Z");
  });
  await act(async () => {
    page.ui.getState().toasts.at(-1)?.undo?.();
    await settled();
  });
  expect(asked(network, "POST", "snooze")).toEqual([
    'conversations/c1/snooze/ {"until":"2026-03-02T09:00:00.000Z"}',
    'conversations/c1/snooze/ {"until":"2026-03-05T09:00:00Z"}',
  ]);
});
