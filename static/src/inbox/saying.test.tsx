/** What one says: sent once, at its time, to whom it is meant, with a way back. */

import { act, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { settled } from "../core/testing/clock";
import { LARA, OMAR } from "../core/testing/objects";
import { json } from "../core/testing/world";
import { edit } from "./model/ui";
import { asked, openPage, said, talk, whole } from "./testing/desk";
import { composer, press, textOf, type } from "./testing/screen";

const OPEN = "/app/v/mine/c/c1";
const HELLO = [said(1, "Hello")];
const given = { answers: talk("c1", HELLO), heads: { c1: 1 } };
const sends = (frames: { op: string }[]) => frames.filter((each) => each.op === "send");
const settle = (work: () => unknown) =>
  act(async () => {
    await work();
    await settled();
  });
const editField = () => screen.getByLabelText("Edit", { selector: "textarea" });
/** The first of two, which the server lets one resolve. */
const RESOLVED = {
  answers: {
    ...talk("c1", HELLO),
    ...talk("c2", [said(1, "Second")]),
    "POST conversations/c1/status/": whole("c1", { status: "resolved", last_seq: 4 }),
  },
  heads: { c1: 1, c2: 1 },
};

test("what could not be sent is not resolved away", async () => {
  const { server, network } = await openPage(OPEN, RESOLVED);
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
  const { server, network } = await openPage(OPEN, RESOLVED);
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
  await openPage(OPEN, RESOLVED);
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
