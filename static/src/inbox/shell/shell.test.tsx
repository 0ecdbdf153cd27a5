import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { settled } from "../../core/testing/clock";
import { problem } from "../../core/testing/world";
import { bootOf, openPage, said, talk } from "../testing/desk";
import { button, click, press, textOf, type } from "../testing/screen";

const OPEN = "/app/v/mine/c/c1";
const given = { answers: talk("c1", [said(1, "Hello")]), heads: { c1: 1 } };

test("the sidebar says where one is, and how much waits there", async () => {
  const departments = {
    results: [{ id: "d1", name: "Billing", description: "", head: null }],
    next: null,
    previous: null,
  };
  const counts = { open: 120, mine: 2, unassigned: 1, snoozed: 0, departments: { d1: 3 } };
  await openPage("/app/v/d-d1", { boot: { departments, counts } });

  const nav = screen.getByRole("navigation", { name: "Views and rooms" });
  expect(textOf(within(nav).getByRole("button", { current: "page" }))).toBe("Billing3 waiting");
  expect(textOf(within(nav).getByRole("button", { name: /All open/ }))).toBe("All open120 waiting");
});

test("counts are as new as the server's", async () => {
  const { server } = await openPage();

  await act(async () => {
    server.last.say({ op: "counts", open: 5, mine: 4, unassigned: 0, mentions: 0, snoozed: 0 });
    await settled();
  });

  expect(document.title).toBe("(4) Assigned to me · TokDesk");
});

test("in Arabic everything is said in Arabic", async () => {
  await openPage(OPEN, { ...given, locale: "ar" });

  expect(screen.getByRole("heading", { level: 1, name: /المسندة إليّ/ })).toBeTruthy();
  expect(button(/^إرسال/)).toBeTruthy();
  expect(screen.getByRole("tab", { selected: true }).textContent).toBe("رد");
  const said = textOf(document.body).replace(
    /TokDesk|Ctrl|Lara|Dana|Acme|About|Hello|[a-z.]+@[a-z.]+/g,
    "",
  );
  expect(said.match(/[A-Za-z]{3,}/g)).toEqual(null);
});

test("on a narrow screen one thing is shown at a time", async () => {
  await openPage("/app/", { ...given, width: 390 });

  expect(screen.queryByRole("main")).toBe(null);
  const tabs = screen.getByRole("navigation", { name: "Main" });
  expect(within(tabs).getAllByRole("button").map(textOf)).toEqual([
    "Inbox2 waiting",
    "Team",
    "Search",
    "Me",
  ]);
  await click(screen.getAllByRole("option")[0] as Element);
  expect([
    screen.queryByRole("listbox", { name: "Conversations" }),
    screen.getByRole("main"),
  ]).toEqual([null, screen.getByRole("main")]);
  await click(button("Back to the list"));

  expect(window.location.pathname).toBe("/app/v/mine");
});

test("a session that has ended is begun anew over the page, and what was asked is asked again", async () => {
  let isEnded = true;
  const answers = {
    ...given.answers,
    "GET me/": bootOf().me,
    "POST /accounts/sign-in/": (request: { body: unknown }) => {
      const body = String(request.body);
      if (!body.includes("password=right")) return problem(401, "invalid_credentials");
      isEnded = false;
      return new Response(null, { status: 302 });
    },
  };
  const { network, desk } = await openPage(OPEN, { ...given, answers });
  const usual = network.answer;
  network.answer = (request) =>
    isEnded && !request.path.startsWith("/accounts/")
      ? problem(401, "session_ended")
      : usual(request);

  let answered = false;
  await act(async () => {
    void desk.api
      .counts()
      .catch(() => {})
      .finally(() => {
        answered = true;
      });
    await settled();
  });
  expect([screen.getByRole("dialog", { name: "You are signed out" }) !== null, answered]).toEqual([
    true,
    false,
  ]);
  await type(screen.getByLabelText("Password"), "wrong");
  await click(button("Sign in"));
  expect(textOf(screen.getByRole("alert"))).toBe("That password is not right.");
  await type(screen.getByLabelText("Password"), "right");
  await click(button("Sign in"));
  await act(settled);

  expect([screen.queryByRole("dialog"), answered]).toEqual([null, true]);
});

test("a short break is not spoken of; a longer one is, and that it is over", async () => {
  const { server, pass } = await openPage("/app/");
  server.letsIn = false;
  await act(async () => server.last.shut(1006));
  await pass(1499);
  expect(screen.queryByText("Reconnecting")).toBe(null);
  await pass(1);
  expect(screen.getByText("Reconnecting")).toBeTruthy();

  server.letsIn = true;
  await pass(30_000);
  expect(screen.queryByText("Reconnecting")).toBe(null);
});

test("single keys can be switched off", async () => {
  const boot = { preferences: { single_key_shortcuts: false } };
  await openPage("/app/", { boot });

  await press("c");
  expect(screen.queryByRole("dialog")).toBe(null);
  await press("k", { ctrlKey: true });

  expect(screen.getByRole("dialog")).toBeTruthy();
});

test("a new bundle is told of, and never forced upon anybody", async () => {
  const { server, pass } = await openPage("/app/", { boot: { bundle: "old" } });
  expect(screen.queryByText("New version: reload")).toBe(null);

  server.ready = { ...server.ready, bundle: "new" };
  await act(async () => server.last.shut(4503));
  await pass(1000);

  expect(button("New version: reload")).toBeTruthy();
});
