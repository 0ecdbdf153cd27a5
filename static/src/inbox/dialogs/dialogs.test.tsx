import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { OMAR } from "../../core/testing/objects";
import { problem, type Request } from "../../core/testing/world";
import { asked, bootOf, openPage, page, row, said, talk, whole } from "../testing/desk";
import { button, click, press, textOf, type } from "../testing/screen";

const OPEN = "/app/v/mine/c/c1";
const given = { answers: talk("c1", [said(1, "Hello")]), heads: { c1: 1 } };
const choices = () =>
  within(screen.getByRole("dialog"))
    .getAllByRole("option")
    .map((each) => textOf(each));
const field = () => within(screen.getByRole("dialog")).getByRole("combobox");

test("the palette finds what can be done by other words too, and does it", async () => {
  await openPage(OPEN, given);

  await press("k", { ctrlKey: true });
  expect(choices().slice(0, 3)).toEqual(["ReplyR", "Add a private noteN", "ResolveE"]);
  await type(field(), "close");
  expect(choices()).toEqual(["ResolveE", "Resolve and nextShift+E"].slice(0, 1));
  await type(field(), "shortcuts");
  fireEvent.keyDown(field(), { key: "Enter" });

  expect(screen.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeTruthy();
});

test("a direct room begins from the palette", async () => {
  const room = whole("r1", { kind: "direct", number: null, status: null });
  const answers = {
    ...given.answers,
    ...talk("r1", []),
    "POST conversations/": room,
    "GET conversations/r1/": room,
  };
  const { network, pass } = await openPage("/app/", { answers });
  await press("k", { ctrlKey: true });
  await pass(0);

  await type(field(), "@om");
  fireEvent.keyDown(field(), { key: "Enter" });
  await pass(0);

  const [request] = network.requests.filter(
    (each) => each.path === "conversations/" && each.method === "POST",
  );
  expect(request?.body).toMatchObject({ kind: "direct", participants: [OMAR.id] });
  expect(window.location.pathname).toBe("/app/team/c/r1");
});

test.each([
  ["a", "om", "POST", 'conversations/c1/assign/ {"assignee":"omar"}'],
  ["p", "urg", "PATCH", 'conversations/c1/ {"priority":"urgent"}'],
  ["d", "bil", "PATCH", 'conversations/c1/ {"department":"d1"}'],
  ["z", "in 2 hours", "POST", 'conversations/c1/snooze/ {"until":"2026-03-01T12:05:00.000Z"}'],
])("%s chooses by %j", async (key, text, method, request) => {
  const department = { id: "d1", name: "Billing", description: "", head: null };
  const answers = {
    ...given.answers,
    "POST conversations/c1/assign/": whole("c1"),
    "POST conversations/c1/snooze/": whole("c1"),
    "PATCH conversations/c1/": whole("c1"),
  };
  const { network, pass } = await openPage(OPEN, {
    ...given,
    answers,
    boot: { departments: page([department]) },
  });

  await press(key);
  await pass(0);
  await type(field(), text);
  fireEvent.keyDown(field(), { key: "Enter" });
  await pass(0);

  expect(
    asked(network, method, "conversations/c1").filter((each) => !each.includes("draft")),
  ).toEqual([request]);
  expect(screen.queryByRole("dialog")).toBe(null);
});

test("who may only take is offered nobody else", async () => {
  const { network } = await openPage(OPEN, { ...given, boot: { gives: false } });

  await press("a");
  await type(field(), "om");
  fireEvent.keyDown(field(), { key: "Enter" });

  expect(screen.getByRole("option").textContent).toBe("OMOmarAgents take here; managers assign.");
  expect(asked(network, "POST", "conversations/c1/assign")).toEqual([]);
});

test("labels are chosen several at once, and new ones by their name", async () => {
  const tag = { id: "t1", name: "vip", colour: "" };
  const answers = {
    ...given.answers,
    "GET tags/": page([tag]),
    "PATCH conversations/c1/": whole("c1", { tags: ["vip", "late"] }),
  };
  const { network, pass } = await openPage(OPEN, { ...given, answers });
  await press("l");
  await pass(0);

  fireEvent.keyDown(field(), { key: "Enter" });
  await type(field(), "late");
  fireEvent.keyDown(field(), { key: "Enter" });
  await click(button("Save"));

  expect(asked(network, "PATCH")).toEqual(['conversations/c1/ {"tags":["vip","late"]}']);
});

test("two are merged after one has seen which of them stays", async () => {
  const other = row("c9", { number: 9, subject: "The same" });
  const answers = {
    ...given.answers,
    "GET conversations/": page([other]),
    "POST conversations/c1/merge/": whole("c1", { status: "closed", merged_into: "c9" }),
    ...talk("c9", [said(1, "Hi")]),
  };
  const { network, pass } = await openPage(OPEN, { ...given, answers });
  await press("m");
  await pass(0);

  fireEvent.keyDown(field(), { key: "Enter" });
  await pass(0);
  expect(textOf(screen.getByRole("dialog"))).toContain(
    "Is closedDanaAbout c1#1 · OpenStaysDanaThe same#9 · Open",
  );
  await click(button("Merge into #9"));

  expect(asked(network, "POST", "merge")).toEqual(['conversations/c1/merge/ {"into":"c9"}']);
  expect(window.location.pathname).toBe("/app/v/mine/c/c9");
});

test("a new conversation names its customer and says what is wrong", async () => {
  const dana = { id: "dana", name: "Dana", email: "dana@mail.example" };
  const fault = { errors: { subject: [{ code: "max_length", detail: "Too long." }] } };
  let isRefused = true;
  const answers = {
    "GET customers/": page([dana]),
    "POST conversations/": (_: Request) =>
      isRefused ? problem(400, "invalid", fault) : new Response(JSON.stringify(whole("c5"))),
    ...talk("c5", []),
  };
  const { network, pass } = await openPage("/app/", { answers });
  await press("c");

  await type(screen.getByPlaceholderText("Name or e-mail"), "dan");
  await pass(200);
  await click(screen.getByText("dana@mail.example"));
  await type(screen.getByLabelText("Subject"), "Parcel");
  await click(button("Begin"));
  expect(textOf(screen.getByRole("alert"))).toBe("Too long.");
  isRefused = false;
  await click(button("Begin"));

  const made = network.requests.filter(
    ({ method, path }) => method === "POST" && path === "conversations/",
  );
  expect(made.map(({ body }) => body)).toEqual([made[0]?.body, made[0]?.body]);
  expect(made[0]?.body).toMatchObject({ kind: "customer", customer: "dana", subject: "Parcel" });
  expect(window.location.pathname).toBe("/app/v/all/c/c5");
});

test("only rooms that one may make are offered", async () => {
  const me = {
    ...bootOf().me,
    permissions: { "room:create_company": false, "room:create_department": false },
  };
  await openPage("/app/", { boot: { me } });

  await press("c");

  expect(screen.getAllByRole("radio").map((each) => textOf(each.parentElement))).toEqual([
    "Customer",
    "Direct",
    "Group",
  ]);
});

test("a view is kept under its name and shown", async () => {
  const kept = { id: "v1", name: "VIP", filters: { tag: "vip" }, ordering: "waiting_since" };
  const saved = { ...kept, shared: false, position: 0, owner: "lara" };
  const { network } = await openPage("/app/", { answers: { "POST views/": saved } });
  await click(button("New view"));

  await type(screen.getByLabelText("Name"), "VIP");
  await type(screen.getByLabelText("Label"), "vip");
  await click(button("Save"));

  expect(asked(network, "POST", "views/")).toEqual([
    'views/ {"name":"VIP","filters":{"assignee":"me","status":"open","snoozed":false,"tag":"vip"},"ordering":"waiting_since","shared":false,"position":0}',
  ]);
  expect(window.location.pathname).toBe("/app/v/s-v1");
  expect(screen.getByRole("heading", { level: 1, name: "VIP" })).toBeTruthy();
});

test("preferences hold at once and are taken back where they are not kept", async () => {
  const answers = { "PUT me/preferences/": () => problem(500, "broken", { detail: "Broken." }) };
  const { desk, pass } = await openPage("/app/prefs", { answers });

  fireEvent.change(screen.getByLabelText("Density"), { target: { value: "compact" } });
  expect(document.querySelector("[data-density]")?.getAttribute("data-density")).toBe("compact");
  await pass(0);

  expect([desk.settings.preferences.density, textOf(screen.getByRole("alert"))]).toEqual([
    "comfortable",
    "Broken.r-1",
  ]);
});
