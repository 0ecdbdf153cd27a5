import { act, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { settled } from "../../core/testing/clock";
import { OMAR } from "../../core/testing/objects";
import { problem } from "../../core/testing/world";
import { asked, bootOf, openPage, page, row, said, talk } from "../testing/desk";
import { button, click, press, rowIds, textOf } from "../testing/screen";

test("the first picture needs no request for what it shows", async () => {
  const { network } = await openPage();

  expect(rowIds()).toEqual(["c1", "c2"]);
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Assigned to me2");
  expect(document.title).toBe("(2) Assigned to me · TokDesk");
  expect(asked(network, "GET", "conversations/?assignee=me")).toEqual([]);
});

test("keys move, open, choose and extend", async () => {
  const { page: inbox } = await openPage("/app/", { answers: talk("c2", [said(1, "Hi")]) });

  await press("j");
  await press("j");
  expect(inbox.ui.getState().cursor).toBe("c2");
  await press("k");
  await press("x");
  await press("J", { shiftKey: true });
  expect([...inbox.ui.getState().selected]).toEqual(["c1", "c2"]);
  await press("Escape");
  expect([...inbox.ui.getState().selected]).toEqual([]);
  await press("o");

  expect(window.location.pathname).toBe("/app/v/mine/c/c2");
});

test("what is told goes into the list, but not under the pointer", async () => {
  const { server } = await openPage();
  const list = screen.getByRole("listbox");
  const told = row("c3", { waiting_since: "2026-03-01T09:00:00Z", last_seq: 5 });

  await act(async () => {
    list.focus();
    server.last.say({ op: "inbox", conversation: told });
    await settled();
  });
  expect([rowIds(), textOf(button("1 update"))]).toEqual([["c1", "c2"], "1 update"]);
  await click(button("1 update"));

  expect(rowIds()).toEqual(["c3", "c1", "c2"]);
});

test("a row says who, what, how much is unread and why it is here", async () => {
  const boot = {
    page: page([
      row("c1", {
        ...{ unread: 3, priority: "urgent", tags: ["vip", "new", "old"], assignee: OMAR },
        department: { id: "d1", name: "Billing" },
        waiting_since: "2026-03-01T08:00:00Z",
        last_activity_at: "2026-03-01T10:00:00Z",
      }),
    ]),
  };
  await openPage("/app/", { boot });

  expect(textOf(screen.getByRole("option"))).toBe(
    "Dana5 min. agoAbout c13 unread messages2hUrgentBillingvipnew+1",
  );
});

test("an empty list says so and leads to where there is something", async () => {
  await openPage("/app/", { boot: { page: page([]) } });

  expect(screen.getByText("All clear")).toBeTruthy();
  await click(button("Go to Unassigned (1)"));

  expect(window.location.pathname).toBe("/app/v/unassigned");
});

test("a list that cannot be read says so, with the number of the request, and tries again", async () => {
  const answers = { "GET conversations/": () => problem(500, "broken") };
  const { answers: known } = await openPage("/app/v/all", { answers });
  expect(textOf(screen.getByRole("alert"))).toBe("Could not load this list.Try againRequest r-1");

  known["GET conversations/"] = page([row("c7")]);
  await click(button("Try again"));

  expect(rowIds()).toEqual(["c7"]);
});

test("many are dealt with at once, and taken back", async () => {
  const job = { id: "j1", action: "status", total: 2, done: 2, undone: 0, failures: [] };
  const { network, page: inbox } = await openPage("/app/", {
    answers: {
      "POST conversations/bulk/": { job: { ...job, state: "done" } },
      "POST jobs/j1/undo/": { ...job, state: "undone" },
    },
  });
  inbox.ui.setState({ cursor: "c1" });
  await press("x");
  await press("J", { shiftKey: true });

  await click(screen.getByRole("toolbar").querySelectorAll("button")[1] as Element);
  expect(asked(network, "POST", "bulk")).toEqual([
    'conversations/bulk/ {"action":"status","status":"resolved","ids":["c1","c2"]}',
  ]);
  expect(textOf(screen.getByLabelText("Notices"))).toBe("2 conversations changed.Undo");
  await click(button("Undo"));

  expect(textOf(screen.getByLabelText("Notices"))).toBe("Taken back.");
});

test("all that the view holds is dealt with, also what was not read", async () => {
  const job = { id: "j1", action: "read", total: 90, done: 0, undone: 0, failures: [] };
  const rows = { ...page([row("c1"), row("c2")]), next: "/api/v1/conversations/?cursor=2" };
  const { network, page: inbox } = await openPage("/app/", {
    boot: { page: rows },
    answers: { "POST conversations/bulk/": { job: { ...job, state: "running" } } },
  });
  await act(async () => void inbox.actions.run("list.select_all", inbox.context));
  await click(button("All in view"));
  expect(screen.getByText("All in this view")).toBeTruthy();

  await click(button("Resolve"));

  expect(asked(network, "POST", "bulk")).toEqual([
    'conversations/bulk/ {"action":"status","status":"resolved","filter":{"assignee":"me","status":"open","snoozed":"false"}}',
  ]);
  expect(textOf(screen.getByRole("progressbar").parentElement)).toBe("0 of 90");
});

test("a search asks when one stops typing, and says what was not found", async () => {
  const { network, pass } = await openPage();
  await press("/");
  const field = screen.getByRole("searchbox");

  await act(async () => {
    const { fireEvent } = await import("@testing-library/react");
    fireEvent.change(field, { target: { value: "parcel" } });
  });
  await pass(250);

  expect(window.location.search).toBe("?q=parcel");
  expect(asked(network, "GET", "q=parcel").length).toBe(1);
  expect(screen.getByText("Nothing for “parcel”")).toBeTruthy();

  await press("Escape");
  expect([document.activeElement?.id, (field as HTMLInputElement).value]).toEqual([
    ...["list", "parcel"],
  ]);
});

test("rooms stand in a list of their own", async () => {
  const room = row("r1", {
    kind: "group",
    subject: "Spring",
    number: null,
    status: null,
    unread: 2,
  });
  const direct = row("r2", { kind: "direct", subject: "", number: null, status: null });
  const answers = {
    "GET conversations/": (request: { path: string }) => {
      const kind = /kind=(\w+)/.exec(request.path)?.[1];
      const found = kind === "group" ? [room] : kind === "direct" ? [direct] : [];
      return new Response(JSON.stringify(page(found)));
    },
    "GET conversations/r2/participants/": {
      results: [
        { member: bootOf().me.member, kind: "member" },
        { member: OMAR, kind: "member" },
      ],
    },
  };
  await openPage("/app/team", { answers });

  expect(screen.getAllByRole("option").map((each) => textOf(each).slice(0, 6))).toEqual([
    "Omar5 ",
    "Spring",
  ]);
});

test("a view that is no more leads to one's own", async () => {
  await openPage("/app/v/s-lost");

  expect(window.location.pathname).toBe("/app/v/mine");
  expect(screen.getByText("There is no such view any more.")).toBeTruthy();
});
