import { act, screen } from "@testing-library/react";
import { beforeAll, expect, test } from "vitest";
import { loadMarkdown } from "../../core/markdown";
import { settled } from "../../core/testing/clock";
import { event, LARA, OMAR } from "../../core/testing/objects";
import { MemoryStorage } from "../../core/testing/world";
import { openPage, said, talk } from "../testing/desk";
import { button, click, composer, messages, press, textOf, type } from "../testing/screen";

const OPEN = "/app/v/mine/c/c1";
const given = { answers: talk("c1", [said(1, "Hello")]), heads: { c1: 1 } };
const sends = (frames: { op: string }[]) => frames.filter((each) => each.op === "send");

beforeAll(async () => {
  await loadMarkdown();
});

test("a reply stands there at once, and is sent with what was seen", async () => {
  const { server } = await openPage(OPEN, given);
  await press("r");
  expect(document.activeElement).toBe(composer());

  await type(composer(), "Hi **Dana**");
  await press("Enter");

  expect([messages(), composer().value]).toEqual([["Hello", "Hi Dana"], ""]);
  const [frame] = sends(server.last.sent);
  expect(frame).toMatchObject({
    conv: "c1",
    body: "Hi **Dana**",
    visibility: "public",
    seen_seq: 1,
  });
});

test("its echo takes the place of what was waiting", async () => {
  const { server } = await openPage(OPEN, given);
  await type(composer(), "Hi");
  await press("Enter");
  const { client_id } = sends(server.last.sent)[0] as unknown as { client_id: string };
  const before = screen.getAllByRole("article").length;

  await act(async () => {
    const echo = said(2, "Hi", { author: LARA, client_id });
    server.last.say({ op: "event", ...event(2, "message.created", echo) });
    await settled();
  });

  expect([messages(), screen.getAllByRole("article").length]).toEqual([["Hello", "Hi"], before]);
});

test("who stands on what is being sent stands there still when it is said", async () => {
  const { server } = await openPage(OPEN, given);
  await type(composer(), "Hi");
  await press("Enter");
  const frame = sends(server.last.sent)[0] as unknown as { client_id: string; ref: string };
  await press("Escape");
  await press("End");
  expect(document.activeElement?.getAttribute("data-key")).toBe(frame.client_id);

  const own = said(2, "Hi", { author: LARA, client_id: frame.client_id });
  await act(async () => {
    server.last.say({ op: "event", ...event(2, "message.created", own) });
    await settled();
  });

  expect(document.activeElement?.getAttribute("data-seq")).toBe("2");
});

test("a note says everywhere that it is one, and stays the mode", async () => {
  const { server } = await openPage(OPEN, given);

  await press("n");
  expect(screen.getByRole("tab", { selected: true }).textContent).toBe("Private note");
  expect(button("Add note")).toBeTruthy();
  await type(composer(), "Lost");
  await press("Enter");

  expect(sends(server.last.sent)[0]).toMatchObject({ body: "Lost", visibility: "note" });
  expect(sends(server.last.sent)[0]).not.toHaveProperty("seen_seq");
  expect(screen.getByRole("tab", { selected: true }).textContent).toBe("Private note");
});

test("a newer reply of a colleague stops the second answer until one has seen it", async () => {
  const { server } = await openPage(OPEN, given);
  const newer = said(2, "I have it", { author: OMAR, created_at: "2026-03-01T10:04:00Z" });
  await type(composer(), "Hi");
  await press("Enter");
  const frame = sends(server.last.sent)[0] as unknown as { client_id: string; ref: string };

  await act(async () => {
    server.last.say({ ...frame, op: "nack", code: "newer_reply", detail: "", message: newer });
    await settled();
  });
  expect(textOf(screen.getByRole("alert"))).toBe(
    "Omar replied 1 min. agoReviewSend anywayEditDelete",
  );
  await click(button("Send anyway"));

  expect(sends(server.last.sent)[1]).toMatchObject({ client_id: frame.client_id, seen_seq: 2 });
});

test("what was refused can be taken back into the composer", async () => {
  const { server } = await openPage(OPEN, given);
  await type(composer(), "Hi");
  await press("Enter");
  const frame = sends(server.last.sent)[0] as unknown as { ref: string };
  await act(async () => {
    server.last.say({ ...frame, op: "nack", code: "closed", detail: "It is closed." });
    await settled();
  });
  expect(textOf(screen.getByRole("alert"))).toBe("Not sent. It is closed.Try againEditDelete");

  await click(button("Edit"));

  expect([messages(), composer().value]).toEqual([["Hello"], "Hi"]);
});

test("without a connection it waits, also over a reload, and says so", async () => {
  const storage = new MemoryStorage();
  const { surroundings, server: cut, pass } = await openPage(OPEN, { ...given, storage });
  cut.letsIn = false;
  await act(async () => surroundings.set({ online: false }));
  await pass(1500);

  expect(screen.getByText("Offline: messages will send when you are back")).toBeTruthy();
  await type(composer(), "Later");
  await click(button("Queue"));
  expect(screen.getByText("Waiting to be sent")).toBeTruthy();
  const { server } = await openPage(OPEN, { ...given, storage });

  expect(sends(server.last.sent)).toMatchObject([{ body: "Later" }]);
});

test("what was begun is kept for each conversation and each kind", async () => {
  const answers = { ...given.answers, ...talk("c2", [said(1, "Other")]) };
  const { page } = await openPage(OPEN, { answers, heads: { c1: 1, c2: 1 } });
  await type(composer(), "half a reply");
  await press("j", { ctrlKey: true });
  await type(composer(), "half a note");

  await act(async () => page.open("c2"));
  expect(composer().value).toBe("");
  await act(async () => page.open("c1"));
  expect([composer().value, screen.getByRole("tab", { selected: true }).textContent]).toEqual([
    "half a note",
    "Private note",
  ]);
  composer().focus();
  await press("j", { ctrlKey: true });

  expect(composer().value).toBe("half a reply");
});

test("Enter begins a line for those who send with Ctrl", async () => {
  const boot = { preferences: { send_key: "mod_enter" as const } };
  const { server } = await openPage(OPEN, { ...given, boot });
  await type(composer(), "Hi");

  await press("Enter");
  expect(sends(server.last.sent)).toEqual([]);
  await press("Enter", { ctrlKey: true });

  expect(sends(server.last.sent)).toMatchObject([{ body: "Hi" }]);
});

test("a colleague is mentioned by the first letters", async () => {
  const { pass } = await openPage(OPEN, given);
  await type(composer(), "Ask @om");
  await pass(0);

  expect(screen.getByRole("listbox", { name: "Suggestions" }).textContent).toContain("Omar");
  await press("Enter");

  expect(composer().value).toBe("Ask @Omar ");
});

test("files go with the message", async () => {
  const { server } = await openPage(OPEN, given);
  const field = screen.getByLabelText("Attach files", { selector: "input" });

  await act(async () => {
    const { fireEvent } = await import("@testing-library/react");
    fireEvent.change(field, { target: { files: [new File(["x"], "a.txt")] } });
    await settled();
  });
  expect(textOf(screen.getByLabelText("Files"))).toBe("a.txt1 KB");
  await click(button("Send"));

  expect(sends(server.last.sent)).toMatchObject([{ body: "", attachments: ["f-a.txt"] }]);
});

test("a closed one takes nothing, and offers one that follows it", async () => {
  await openPage(OPEN, {
    answers: talk("c1", [said(1, "Hello")], { status: "closed" }),
    heads: { c1: 1 },
  });

  expect(document.getElementById("composer-text")).toBe(null);
  expect(
    screen.getByText("This conversation is closed. A follow-up goes on from it."),
  ).toBeTruthy();
});

test("what was refused elsewhere is told with its words, and its row says so", async () => {
  const { desk, server } = await openPage("/app/v/mine", given);

  await act(async () => {
    desk.outbox.put("c2", { body: "Lost words", visibility: "note" });
    await settled();
    const frame = sends(server.last.sent)[0] as unknown as { ref: string };
    server.last.say({ ...frame, op: "nack", code: "closed", detail: "It is closed." });
    await settled();
  });

  expect(textOf(screen.getByRole("alert"))).toBe("A message was not sent.Lost wordsOpen");
  expect(textOf(document.getElementById("row-c2"))).toContain("Not sent");
});

test("files of a draft from elsewhere go with it, asked for or not", async () => {
  const draft = { body: "See", attachments: ["f9"], version: 3 };
  const { server, pass } = await openPage(OPEN, {
    ...given,
    answers: { ...given.answers, "GET conversations/c1/draft/": draft },
  });
  await pass(10);

  await press("r");
  await press("Enter");

  expect(sends(server.last.sent)[0]).toMatchObject({ body: "See", attachments: ["f9"] });
});

test("undoing is about what was written since, and takes nothing back then", async () => {
  const { server, network } = await openPage(OPEN, given);
  await type(composer(), "Hi");
  await press("Enter");
  const { client_id } = sends(server.last.sent)[0] as unknown as { client_id: string };
  await act(async () => {
    const echo = said(2, "Hi", { author: LARA, client_id, created_at: "2026-03-01T10:05:00Z" });
    server.last.say({ op: "event", ...event(2, "message.created", echo) });
    await settled();
  });

  await type(composer(), "More");
  await type(composer(), "");
  await press("z", { ctrlKey: true });

  expect(
    network.requests.filter((each) => each.method === "DELETE" && each.path.includes("/messages/")),
  ).toEqual([]);
});

test("marks of direction that come with what is pasted are left out", async () => {
  await openPage(OPEN, given);

  await type(composer(), "\u202a+49 30\u202c\u2028now");

  expect(composer().value).toBe("+49 30\nnow");
});

test("what is too long stays, and says why it does not go", async () => {
  const { server } = await openPage(OPEN, given);

  await type(composer(), "x".repeat(10_001));
  await press("Enter");

  expect([sends(server.last.sent), composer().value.length]).toEqual([[], 10_001]);
  expect(screen.getByText("No more than 10,000 characters a message.")).toBeTruthy();
});

test("a note that was begun is a note after a reload", async () => {
  const storage = new MemoryStorage();
  await openPage(OPEN, { ...given, storage });
  await press("n");
  await type(composer(), "Between us");

  await openPage(OPEN, { ...given, storage });

  expect(screen.getByRole("tab", { selected: true }).textContent).toBe("Private note");
});
