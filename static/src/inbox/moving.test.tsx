/** Keys, lists and deeds on many: nothing acts behind one's back, and every place is kept. */

import { act, fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { settled } from "../core/testing/clock";
import { OMAR } from "../core/testing/objects";
import { json } from "../core/testing/world";
import { openPage, page as pageOf, row, said, talk } from "./testing/desk";
import { button, press, type } from "./testing/screen";

const OPEN = "/app/v/mine/c/c1";
const HELLO = [said(1, "Hello")];
const given = { answers: talk("c1", HELLO), heads: { c1: 1 } };

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
