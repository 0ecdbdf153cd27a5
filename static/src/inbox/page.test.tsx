/** What the page as a whole promises: nothing is done too early, twice, or behind one's back. */

import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { settled } from "../core/testing/clock";
import { event, LARA, OMAR } from "../core/testing/objects";
import { json, problem } from "../core/testing/world";
import { edit } from "./model/ui";
import { asked, openPage, page as pageOf, row, said, talk, whole } from "./testing/desk";
import { button, click, composer, messages, press, textOf, type } from "./testing/screen";

const OPEN = "/app/v/mine/c/c1";
const HELLO = [said(1, "Hello")];
const given = { answers: talk("c1", HELLO), heads: { c1: 1 } };
const sends = (frames: { op: string }[]) => frames.filter((each) => each.op === "send");
const reads = (frames: { op: string }[]) => frames.filter((each) => each.op === "read");
const settle = (work: () => unknown) =>
  act(async () => {
    await work();
    await settled();
  });
const editField = () => screen.getByLabelText("Edit", { selector: "textarea" });

test("what could not be sent is not resolved away", async () => {
  const answers = {
    ...talk("c1", HELLO),
    ...talk("c2", [said(1, "Second")]),
    "POST conversations/c1/status/": whole("c1", { status: "resolved", last_seq: 4 }),
  };
  const { server, network } = await openPage(OPEN, { answers, heads: { c1: 1, c2: 1 } });
  await type(composer(), "Hi");
  await press("Enter", { ctrlKey: true, shiftKey: true });
  const [frame] = sends(server.last.sent);
  await act(async () => {
    server.last.say({
      ...frame,
      op: "nack",
      code: "newer_reply",
      detail: "",
      message: said(2, "I have it", { author: OMAR }),
    });
    await settled();
  });

  expect([asked(network, "POST", "status"), location.pathname]).toEqual([[], "/app/v/mine/c/c2"]);
  expect(textOf(screen.getByRole("alert"))).toContain("Hi");
});

test("a conversation is resolved as soon as the words before that are said, and once", async () => {
  const answers = {
    ...talk("c1", HELLO),
    ...talk("c2", [said(1, "Second")]),
    "POST conversations/c1/status/": whole("c1", { status: "resolved", last_seq: 4 }),
  };
  const { server, network } = await openPage(OPEN, { answers, heads: { c1: 1, c2: 1 } });
  await type(composer(), "Hi");
  await press("Enter", { ctrlKey: true, shiftKey: true });
  const [frame] = sends(server.last.sent);
  const answer = { ...frame, op: "ack", id: "m2", seq: 2, ts: "2026-03-01T10:05:00Z" };

  await settle(() => server.last.say(answer));
  await settle(() => server.last.say(answer));

  expect(asked(network, "POST", "status")).toEqual([
    'conversations/c1/status/ {"status":"resolved"}',
  ]);
});

test("what may have arrived is not offered for writing again", async () => {
  const { server, page, pass } = await openPage(OPEN, given);
  await type(composer(), "Hi");
  await press("Enter");
  // The server took it, but its answer was lost.
  await pass(10_001);
  const [item] = page.desk.outbox.list("c1");
  expect([item?.state, item?.tries, sends(server.last.sent).length]).toEqual(["queued", 1, 1]);
  await act(async () => {
    composer().focus();
  });
  await press("z", { ctrlKey: true, code: "KeyZ" });
  expect([page.desk.outbox.list("c1").length, composer().value]).toEqual([1, ""]);
});

test("taking back what was sent leaves what is begun", async () => {
  const mine = [
    said(1, "Hello"),
    said(2, "Oops", { author: LARA, created_at: "2026-03-01T10:04:58Z" }),
  ];
  const answers = {
    ...talk("c1", mine),
    "DELETE conversations/c1/messages/m2/": () => json(null, 204),
  };
  const { page } = await openPage(OPEN, { answers, heads: { c1: 2 } });
  await type(composer(), "A careful answer");
  // To the note, which is empty.
  await press("j", { ctrlKey: true, code: "KeyJ" });
  await press("z", { ctrlKey: true, code: "KeyZ" });
  expect(page.desk.drafts.state("c1", "public").body).toBe("A careful answer");
});

test("a half-written answer is not sent from the field of another message", async () => {
  const mine = [
    said(1, "Hello"),
    said(2, "Typo", { author: LARA, created_at: "2026-03-01T10:04:00Z" }),
  ];
  const answers = {
    ...talk("c1", mine),
    ...talk("c2", HELLO),
    "POST conversations/c1/status/": whole("c1", { status: "resolved" }),
  };
  const { server, page } = await openPage(OPEN, { answers, heads: { c1: 2, c2: 1 } });
  await type(composer(), "Half an ans");
  await act(async () => {
    edit(page.ui, "c1", mine[1] ?? null);
    await settled();
  });
  await settle(() => editField().focus());
  await press("Enter", { ctrlKey: true, shiftKey: true });
  expect(sends(server.last.sent)).toEqual([]);
});

test("a change that is being written survives a look elsewhere", async () => {
  const mine = [
    said(1, "Hello"),
    said(2, "Typo", { author: LARA, created_at: "2026-03-01T10:04:00Z" }),
  ];
  const answers = { ...talk("c1", mine), ...talk("c2", HELLO) };
  const { page } = await openPage(OPEN, { answers, heads: { c1: 2, c2: 1 } });
  await act(async () => {
    edit(page.ui, "c1", mine[1] ?? null);
    await settled();
  });
  await type(editField(), "A much longer new text");
  await act(async () => {
    page.open("c2");
    await settled();
  });
  await act(async () => {
    page.open("c1");
    await settled();
  });
  expect(editField()).toHaveProperty("value", "A much longer new text");
});

test("a note is quoted in a note, and to nobody else", async () => {
  const notes = [said(1, "Carrier lost it", { author: OMAR, visibility: "note" })];
  const { server } = await openPage(OPEN, { answers: talk("c1", notes), heads: { c1: 1 } });
  await act(async () => {
    document.querySelector<HTMLElement>("[data-seq='1']")?.focus();
  });
  await press("q");
  await type(composer(), "Thanks");
  await press("Enter");
  const [first] = sends(server.last.sent);
  await settle(() => server.last.say({ ...first, op: "ack", id: "m2", seq: 2, ts: "" }));
  await settle(() => document.querySelector<HTMLElement>("[data-seq='1']")?.focus());
  await press("q");
  await press("j", { ctrlKey: true, code: "KeyJ" });
  await type(composer(), "For all");
  await press("Enter");

  expect(sends(server.last.sent)).toMatchObject([
    { reply_to: "m1", visibility: "note" },
    { body: "For all", visibility: "public" },
  ]);
  expect(sends(server.last.sent)[1]).not.toHaveProperty("reply_to");
});

test("focus goes on to the next one", async () => {
  const answers = {
    ...talk("c1", HELLO),
    ...talk("c2", [said(1, "Second")]),
    "POST conversations/c1/status/": whole("c1", { status: "resolved", last_seq: 4 }),
  };
  await openPage(OPEN, { answers, heads: { c1: 1, c2: 1 } });
  await type(composer(), "Hi");
  await press("Enter", { ctrlKey: true, shiftKey: true });
  expect([location.pathname, document.activeElement?.id]).toEqual([
    "/app/v/mine/c/c2",
    "composer-text",
  ]);
});

test("files of a draft from another device are sent with it", async () => {
  const answers = {
    ...talk("c1", HELLO),
    "GET conversations/c1/draft/": (r: { path: string }) =>
      json(
        r.path.includes("public")
          ? { body: "Here it is", attachments: ["f1"], version: 3 }
          : { body: "", attachments: [], version: 0 },
      ),
    "GET attachments/f1/": {
      id: "f1",
      name: "invoice.pdf",
      size: 9,
      content_type: "application/pdf",
      width: null,
      height: null,
      scan: "clean",
    },
  };
  const { server } = await openPage(OPEN, { answers, heads: { c1: 1 } });
  expect(composer().value).toBe("Here it is");
  await act(async () => {
    composer().focus();
  });
  await press("Enter");
  expect(sends(server.last.sent)[0]).toMatchObject({ body: "Here it is", attachments: ["f1"] });
});

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

test("keys do nothing behind a dialog", async () => {
  const { page } = await openPage(OPEN, given);
  await press("c");
  const body = screen.getByRole("dialog").querySelector("textarea") as HTMLTextAreaElement;
  await type(body, "A long first message");
  await act(async () => {
    button("Cancel").focus();
  });
  await press("?");
  expect([
    page.ui.getState().dialog?.kind,
    screen.getByRole("dialog").querySelector("textarea")?.value,
  ]).toEqual(["new", "A long first message"]);
});

test("Ctrl+K does not throw away what is being written", async () => {
  const { page } = await openPage(OPEN, given);
  await press("c");
  const body = screen.getByRole("dialog").querySelector("textarea") as HTMLTextAreaElement;
  await type(body, "A long first message");
  await press("k", { ctrlKey: true, code: "KeyK" });
  expect([page.ui.getState().dialog?.kind, body.value]).toEqual(["new", "A long first message"]);
});

test("arrow keys in the details stay in the details", async () => {
  await openPage(OPEN, given);
  await act(async () => {
    (screen.getByRole("complementary") as HTMLElement).focus();
  });
  await press("ArrowDown");
  expect(document.activeElement).toBe(screen.getByRole("complementary"));
});

test("the key for search leads to its field again", async () => {
  const { pass } = await openPage("/app/search?q=parcel", {
    answers: { "GET conversations/": pageOf([row("c1")]), ...talk("c1", HELLO) },
  });
  await act(async () => {
    document.getElementById("list")?.focus();
  });
  await press("/", { code: "Slash" });
  await pass(300);
  expect(document.activeElement?.getAttribute("type")).toBe("search");
});

test("a list that was left is not held for ever", async () => {
  const { server, page } = await openPage("/app/v/mine", { answers: {} });
  const list = document.getElementById("list") as HTMLElement;
  await act(async () => {
    list.focus();
  });
  await press("g");
  await press("u");
  await act(async () => {
    list.blur();
    fireEvent.blur(list);
    await settled();
  });
  await act(async () => {
    page.go({ view: "mine" });
    await settled();
  });
  await act(async () => {
    server.last.say({
      op: "inbox",
      conversation: row("c3", { last_seq: 9, waiting_since: "2026-03-01T09:00:00Z" }),
    });
    await settled();
  });
  expect(page.desk.lists.current?.list.updates).toBe(0);
});

test("more of one view is not put into another", async () => {
  const more = { results: [row("x1", { assignee: OMAR })], next: null, previous: null };
  const { page, network } = await openPage("/app/v/mine", {
    boot: {
      page: {
        results: [row("c1"), row("c2")],
        next: "/api/v1/conversations/?cursor=mine",
        previous: null,
      },
    },
    answers: {
      "GET conversations/": (r: { path: string }) => {
        if (r.path.includes("cursor=un")) return json(more);
        if (r.path.includes("cursor=mine")) return json(pageOf([row("m3")]));
        return json({
          results: [row("u1", { assignee: null })],
          next: "/api/v1/conversations/?cursor=un",
          previous: null,
        });
      },
    },
  });
  await act(async () => {
    page.go({ view: "unassigned" });
    await settled();
  });
  // the fresh reading of mine takes long
  const old = network.answer;
  network.answer = (r) => (r.path.includes("assignee=me") ? new Promise(() => {}) : old(r));
  await act(async () => {
    page.go({ view: "mine" });
    await settled();
  });
  await act(async () => {
    await page.desk.feed.loadMore();
  });
  expect(page.rows.map((r) => r.id)).not.toContain("x1");
});

test("the place in a list is kept", async () => {
  const many = Array.from({ length: 40 }, (_, n) => row(`r${n}`));
  const { page } = await openPage("/app/v/mine", {
    boot: { page: pageOf(many) },
    answers: {
      "GET conversations/": (r: { path: string }) =>
        json(pageOf(r.path.includes("assignee=me") ? many : [])),
    },
  });
  const list = document.getElementById("list") as HTMLElement;
  let top = 0;
  // As a browser does: never further than there is something.
  const most = () => Math.max(0, list.querySelectorAll("[role=option]").length * 80 - 400);
  Object.defineProperty(list, "scrollTop", {
    configurable: true,
    get: () => Math.min(top, most()),
    set: (v: number) => {
      top = Math.min(v, most());
    },
  });
  list.scrollTop = 1500;
  fireEvent.scroll(list);
  await act(async () => {
    page.go({ view: "unassigned" });
    await settled();
  });
  await act(async () => {
    page.go({ view: "mine" });
    await settled();
  });
  expect(list.scrollTop).toBe(1500);
});

test("what a bulk job has done is told though the list is put away", async () => {
  const job = (state: string, done: number) => ({
    id: "j1",
    action: "read",
    state,
    total: 2,
    done,
    undone: 0,
    failures: [],
  });
  const { page, pass } = await openPage(OPEN, {
    ...given,
    answers: {
      ...given.answers,
      "POST conversations/bulk/": { job: job("running", 0) },
      "GET jobs/j1/": job("done", 2),
    },
  });
  await act(async () => {
    page.ui.setState({ selected: new Set(["c1", "c2"]) });
    page.doToChosen({ action: "read" });
    await settled();
  });
  await press("b");
  await pass(1000);
  expect(page.ui.getState().toasts.length).toBe(1);
});
