import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { settled } from "../../core/testing/clock";
import { DANA, event, LARA, OMAR } from "../../core/testing/objects";
import { json, problem } from "../../core/testing/world";
import { asked, openPage, page, row, said, talk, whole } from "../testing/desk";
import { button, click, messages, press, textOf, type } from "../testing/screen";

const HELLO = [
  said(1, "Hello"),
  said(2, "Hi Dana", { author: LARA, created_at: "2026-03-01T10:01:00Z" }),
  said(3, "Carrier lost it", {
    ...{ author: OMAR, visibility: "note", created_at: "2026-03-01T10:02:00Z" },
  }),
];
const OPEN = "/app/v/mine/c/c1";

test("messages are named by who, when and to whom", async () => {
  await openPage(OPEN, { answers: talk("c1", HELLO), heads: { c1: 3 } });

  expect(messages()).toEqual(["Hello", "Hi Dana", "Carrier lost it"]);
  expect(screen.getAllByRole("article").map((each) => each.getAttribute("aria-label"))).toEqual([
    "Dana, 10:00 AM",
    "Lara, 10:01 AM",
    "Omar, 10:02 AM, private note",
  ]);
});

test("what is said appears, is told to who cannot see it, and one's own is not", async () => {
  const { server, pass } = await openPage(OPEN, { answers: talk("c1", HELLO), heads: { c1: 3 } });

  await act(async () => {
    server.last.say({ op: "event", ...event(4, "message.created", said(4, "Any news?")) });
    const own = said(5, "Yes", { author: LARA });
    server.last.say({ op: "event", ...event(5, "message.created", own) });
    await settled();
  });
  await pass(1000);

  expect(messages().slice(-2)).toEqual(["Any news?", "Yes"]);
  expect(screen.getByText("Dana: Any news?").getAttribute("aria-live")).toBe("polite");
});

test("the divider stands before the first that is unread", async () => {
  await openPage(OPEN, {
    answers: talk("c1", HELLO, { unread: 2 }),
    boot: { page: { results: [], next: null, previous: null } },
    heads: { c1: 3 },
  });

  const feed = screen.getByRole("feed");
  const line = within(feed).getByText("New");
  expect(line.nextElementSibling?.getAttribute("data-seq")).toBe("2");
});

test("more than three changes in a row are folded", async () => {
  const lines = [4, 5, 6, 7].map((seq) =>
    event(seq, "conversation.priority", { priority: seq % 2 ? "high" : "low" }),
  );
  const answers = {
    ...talk("c1", HELLO),
    "GET conversations/c1/events/": { epoch: "e1", head: 7, events: lines, complete: true },
  };
  await openPage(OPEN, { answers, heads: { c1: 3 } });

  await click(button("4 changes"));

  const items = screen.getAllByRole("listitem").map(textOf);
  expect(items.filter((each) => each.includes("priority"))).toEqual([
    "Dana set priority Low · 10:00 AM",
    "Dana set priority High · 10:00 AM",
    "Dana set priority Low · 10:00 AM",
    "Dana set priority High · 10:00 AM",
  ]);
});

test("a reply of one's own can be changed for five minutes, a note for ever", async () => {
  const old = "2026-03-01T09:00:00Z";
  const mine = [
    said(1, "Old reply", { author: LARA, created_at: old }),
    said(2, "Old note", { author: LARA, created_at: old, visibility: "note" }),
    said(3, "New reply", { author: LARA, created_at: "2026-03-01T10:04:00Z" }),
    said(4, "Not mine", { created_at: "2026-03-01T10:04:00Z" }),
  ];
  const { page } = await openPage(OPEN, { answers: talk("c1", mine), heads: { c1: 4 } });

  expect(mine.filter((each) => page.speaking.mayChange(each)).map((each) => each.body)).toEqual([
    "Old note",
    "New reply",
  ]);
});

test("how far the customer has read is shown", async () => {
  const answers = talk("c1", HELLO.slice(0, 2));
  const { server } = await openPage(OPEN, { answers, heads: { c1: 2 } });
  expect(textOf(screen.getAllByRole("article")[1])).toContain("Sent");

  await act(async () => {
    server.last.say({ op: "read", conv: "c1", member: DANA, seq: 2 });
    await settled();
  });

  expect(textOf(screen.getAllByRole("article")[1])).toContain("Seen");
});

test("looking, being away and writing are three different things", async () => {
  const { server, pass } = await openPage(OPEN, { answers: talk("c1", HELLO), heads: { c1: 3 } });
  const say = (frame: object) =>
    act(async () => {
      server.last.say(frame);
      await settled();
    });

  await say({ op: "viewing", conv: "c1", member: OMAR, state: "viewing" });
  expect(textOf(screen.getByLabelText("Colleagues here"))).toContain("Omar looks at this");
  await say({ op: "viewing", conv: "c1", member: OMAR, state: "away" });
  expect(textOf(screen.getByLabelText("Colleagues here"))).toContain(
    "Omar has this open elsewhere",
  );
  await say({ op: "typing", conv: "c1", member: OMAR, visibility: "note" });
  expect(screen.getByText("Omar is writing a note")).toBeTruthy();
  await pass(6000);

  expect(screen.queryByText("Omar is writing a note")).toBe(null);
});

test("resolved, it leaves the list, the next one opens, and there is a way back", async () => {
  const answers = {
    ...talk("c1", HELLO),
    ...talk("c2", [said(1, "Second")]),
    "POST conversations/c1/status/": whole("c1", { status: "resolved", last_seq: 4 }),
  };
  const { network } = await openPage(OPEN, { answers, heads: { c1: 3, c2: 1 } });

  await press("e");

  expect(asked(network, "POST", "status")).toEqual([
    'conversations/c1/status/ {"status":"resolved"}',
  ]);
  expect(window.location.pathname).toBe("/app/v/mine/c/c2");
  expect(screen.getAllByRole("option").map((each) => each.dataset.row)).toEqual(["c2"]);
  await click(button("Undo"));
  expect(asked(network, "POST", "status").at(-1)).toBe(
    'conversations/c1/status/ {"status":"open"}',
  );
});

test("what the server refuses is as it was before, and said", async () => {
  const answers = {
    ...talk("c1", HELLO, { assignee: null }),
    "POST conversations/c1/claim/": () =>
      problem(409, "already_assigned", { detail: "Omar has it." }),
  };
  const { desk } = await openPage(OPEN, {
    answers,
    heads: { c1: 3 },
    boot: { page: { results: [], next: null, previous: null } },
  });

  await press("i");

  expect(desk.talks.get("c1").whole?.assignee).toBe(null);
  expect(textOf(screen.getByRole("alert"))).toBe("Omar has it.r-1");
});

test("a refusal takes nothing back that has come meanwhile", async () => {
  const taken = whole("c1", { assignee: OMAR, version: 9, last_seq: 4 });
  let tell = () => {};
  const answers = {
    ...talk("c1", HELLO, { assignee: null, version: 1 }),
    "POST conversations/c1/claim/": () => {
      tell();
      return problem(409, "already_assigned", { detail: "Omar has it." });
    },
  };
  const { desk } = await openPage(OPEN, { answers, heads: { c1: 3 } });
  tell = () => desk.talks.tell(taken);

  await press("i");

  expect(desk.talks.get("c1").whole?.assignee?.id).toBe(OMAR.id);
});

test.each([
  [404, "not_found", "This conversation is out of your sight"],
  [403, "permission_denied", "You have no access to this conversation"],
])("%d says that it is not to be seen", async (status, code, text) => {
  await openPage("/app/c/lost", {
    answers: { "GET conversations/lost/": () => problem(status, code) },
  });

  expect(screen.getByText(text)).toBeTruthy();
});

test("older messages that do not load can be asked for again where they are missing", async () => {
  const answers = talk("c1", HELLO);
  const { answers: known, desk } = await openPage(OPEN, { answers, heads: { c1: 3 } });
  known["GET conversations/c1/messages/"] = () => problem(503, "unavailable");
  await act(async () => {
    const { thread } = desk.threads.get("c1");
    Object.assign(thread, { hasBefore: true });
    await desk.threads.loadOlder("c1");
  });

  expect(textOf(screen.getByRole("alert"))).toBe("Older messages did not load.Try again");
});

test("a key opens what can be done with the conversation", async () => {
  await openPage(OPEN, { answers: talk("c1", HELLO), heads: { c1: 3 } });

  await press(".");

  expect(textOf(screen.getAllByRole("menuitem")[0])).toBe("ResolveE");
});

test("Enter opens what can be done with a message", async () => {
  await openPage(OPEN, { answers: talk("c1", HELLO), heads: { c1: 3 } });
  const last = screen.getAllByRole("article").at(-1);
  await act(async () => {
    last?.focus();
    await settled();
  });
  await press("Enter");

  expect(screen.getAllByRole("menuitem").map(textOf)).toEqual([
    "Reply with quoteQ",
    "Copy text",
    "Copy link",
    "Copy to a note",
    "Mark unread from here",
  ]);
});

test("what is known of the customer is changed where it stands", async () => {
  const fault = { errors: { email: [{ code: "invalid", detail: "No address." }] } };
  let isRefused = true;
  const answers = {
    ...talk("c1", HELLO),
    "PATCH customers/dana/": () => (isRefused ? problem(400, "invalid", fault) : json({})),
  };
  const { network } = await openPage(OPEN, { answers, heads: { c1: 3 } });
  await click(button("Change contact data"));

  await type(screen.getByLabelText("Phone"), "+20 1");
  await click(button("Save"));
  expect(textOf(screen.getByRole("alert"))).toBe("No address.");
  isRefused = false;
  await click(button("Save"));

  expect(asked(network, "PATCH")).toEqual([
    'customers/dana/ {"name":"Dana","email":"dana@mail.example","phone":"+20 1","version":1}',
    'customers/dana/ {"name":"Dana","email":"dana@mail.example","phone":"+20 1","version":1}',
  ]);
  expect(screen.queryByLabelText("Phone")).toBe(null);
});

test("a number leads to its conversation, and one that nobody has to nothing", async () => {
  const answers = {
    ...talk("c1", HELLO),
    "GET conversations/": (request: { path: string }) =>
      json(
        page(
          request.path.includes("%237")
            ? [row("c9", { number: 70 }), row("c1", { number: 7 })]
            : [],
        ),
      ),
  };
  await openPage("/app/c/7?m=2", { answers, heads: { c1: 3 } });

  expect([window.location.pathname, window.location.search]).toEqual(["/app/c/c1", "?m=2"]);
  expect(document.activeElement?.getAttribute("data-seq")).toBe("2");
  await openPage("/app/c/8", { answers });

  expect(screen.getByText("This conversation is out of your sight")).toBeTruthy();
});
