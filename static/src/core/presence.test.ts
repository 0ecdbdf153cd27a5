import { expect, test } from "vitest";
import { Presence, Signs } from "./presence";
import { ManualClock } from "./testing/clock";
import { DANA, event, LARA, OMAR } from "./testing/objects";
import { FakePage } from "./testing/world";
import type { Availability, Notice, Person, ViewingState } from "./types";

function others() {
  const clock = new ManualClock();
  const presence = new Presence(clock, LARA.id);
  const told: (string | null)[] = [];
  presence.onChange.add((conv) => told.push(conv));
  const views = (member: Person, state: ViewingState) =>
    presence.hear({ op: "viewing", conv: "c1", member, state });
  const types = (member: Person) =>
    presence.hear({ op: "typing", conv: "c1", member, visibility: "public" });
  const seen = () => presence.views("c1").map((each) => `${each.member.name} ${each.state}`);
  const typing = () => presence.typing("c1").map((each) => each.member.name);
  return { clock, presence, told, views, types, seen, typing };
}

function present() {
  let tell: (all: { member: Person; availability: Availability }[]) => void = () => undefined;
  const answer = new Promise<{ member: Person; availability: Availability }[]>((resolve) => {
    tell = resolve;
  });
  return { answer, tell: (all: Parameters<typeof tell>[0]) => tell(all) };
}

test("who is there is read once and told from then on", async () => {
  const { presence, told } = others();

  await presence.read(async () => [{ member: OMAR, availability: "busy" }]);
  presence.hear({ op: "presence", member: LARA, availability: "away" });

  expect(presence.availability("omar")).toBe("busy");
  expect(presence.availability("lara")).toBe("away");
  expect(presence.availability("nobody")).toBe("offline");
  expect(told).toEqual([null, null]);
});

test("an answer changes nothing of what was told since it was asked for", async () => {
  const { presence } = others();
  const older = present();
  const reading = presence.read(() => older.answer);
  const newer = present();
  const last = presence.read(() => newer.answer);
  presence.hear({ op: "presence", member: LARA, availability: "offline" });

  newer.tell([
    { member: LARA, availability: "online" },
    { member: OMAR, availability: "busy" },
  ]);
  await last;
  older.tell([{ member: OMAR, availability: "online" }]);
  await reading;

  expect(presence.availability("lara")).toBe("offline");
  expect(presence.availability("omar")).toBe("busy");
});

test("views run out after 45 seconds, each by itself", async () => {
  const { clock, views, seen, told } = others();
  views(OMAR, "viewing");
  await clock.pass(20_000);
  views(DANA, "writing");

  expect(seen()).toEqual(["Dana writing", "Omar viewing"]);
  await clock.pass(24_999);
  expect(seen()).toEqual(["Dana writing", "Omar viewing"]);
  await clock.pass(1);
  expect(seen()).toEqual(["Dana writing"]);
  await clock.pass(20_000);

  expect(seen()).toEqual([]);
  expect(told).toEqual(["c1", "c1", "c1", "c1"]);
  expect(clock.due).toEqual([]);
});

test("a renewed view stays, and who is away is still shown", async () => {
  const { clock, views, seen } = others();
  views(OMAR, "viewing");
  await clock.pass(40_000);
  views(OMAR, "away");

  await clock.pass(44_999);

  expect(seen()).toEqual(["Omar away"]);
});

test("typing runs out after six seconds, or when it is said", async () => {
  const { clock, presence, types, typing } = others();
  types(DANA);
  types(OMAR);
  expect(typing()).toEqual(["Dana", "Omar"]);

  presence.hear({ op: "event", ...event(1) });
  presence.hear({ op: "event", ...event(2), actor: { kind: "system" } } as never);
  expect(typing()).toEqual(["Omar"]);
  await clock.pass(6000);

  expect(typing()).toEqual([]);
});

test("our own signs from another tab are none", () => {
  const { views, types, seen, typing } = others();

  views(LARA, "writing");
  types(LARA);

  expect([seen(), typing()]).toEqual([[], []]);
});

test("a lost connection forgets all signs", () => {
  const { clock, presence, views, types, seen, typing, told } = others();
  views(OMAR, "viewing");
  types(OMAR);

  presence.forget();

  expect([seen(), typing(), clock.due]).toEqual([[], [], []]);
  expect(told).toEqual(["c1", "c1", "c1"]);
});

function ours() {
  const clock = new ManualClock();
  const page = new FakePage();
  const told: string[] = [];
  const signs = new Signs(clock, page, (notice: Notice, isWanted: () => boolean) => {
    if (!isWanted()) return true;
    const what = notice.op === "viewing" ? notice.state : notice.op;
    told.push(`${what} ${notice.conv}`);
    return true;
  });
  return { clock, page, told, signs };
}

test("an open conversation is viewed, renewed every 20 seconds, and left", async () => {
  const { clock, signs, told } = ours();

  signs.open("c1");
  await clock.pass(40_000);
  signs.open("c2");
  signs.close();

  expect(told).toEqual([
    "viewing c1",
    "viewing c1",
    "viewing c1",
    "away c1",
    "viewing c2",
    "away c2",
  ]);
  expect(clock.due).toEqual([]);
});

test("a hidden page is away", () => {
  const { page, signs, told } = ours();
  signs.open("c1");

  page.set({ visible: false });
  page.set({ visible: true });

  expect(told).toEqual(["viewing c1", "away c1", "viewing c1"]);
});

test("typing is told at most once in three seconds", async () => {
  const { clock, signs, told } = ours();
  signs.open("c1");
  for (let stroke = 0; stroke < 13; stroke++) {
    signs.typed("public");
    await clock.pass(500);
  }

  expect(told).toEqual(["viewing c1", "writing c1", "typing c1", "typing c1", "typing c1"]);
  await clock.pass(6000);

  expect(told.at(-1)).toBe("viewing c1");
});

test("a note after a reply is told at once", () => {
  const { signs, told } = ours();
  signs.open("c1");

  for (const visibility of ["public", "note", "note"] as const) signs.typed(visibility);

  expect(told).toEqual(["viewing c1", "writing c1", "typing c1", "typing c1"]);
});

test("a sent text ends the writing at once", () => {
  const { signs, told } = ours();
  signs.typed("public");
  signs.open("c1");
  signs.stopped();
  signs.typed("note");

  signs.stopped();
  signs.typed("note");

  expect(told).toEqual([
    "viewing c1",
    "writing c1",
    "typing c1",
    "viewing c1",
    "writing c1",
    "typing c1",
  ]);
});
