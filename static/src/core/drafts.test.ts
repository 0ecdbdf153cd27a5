import { expect, test } from "vitest";
import { Drafts } from "./drafts";
import { ApiError } from "./errors";
import { Store } from "./store";
import { ManualClock, settled } from "./testing/clock";
import { FakePage, MemoryStorage } from "./testing/world";
import type { Draft } from "./types";

/** A server with one draft, which counts its versions and refuses stale ones. */
class World {
  readonly clock = new ManualClock();
  readonly storage = new MemoryStorage();
  readonly asked: string[] = [];
  remote: Draft = { body: "", attachments: [], version: 0 };
  fault: ApiError | null = null;
  gate: Promise<void> = Promise.resolve();

  tab(page = new FakePage()) {
    const say = async (what: string) => {
      this.asked.push(what);
      await this.gate;
      if (this.fault) throw this.fault;
    };
    const drafts = new Drafts({
      store: new Store(this.storage, "draft.lara."),
      clock: this.clock,
      page,
      api: {
        draft: async () => {
          await say("GET");
          return this.remote;
        },
        saveDraft: async (_conv, _visibility, draft, isLast) => {
          await say(`PUT ${draft.body} ${draft.version}${isLast ? " last" : ""}`);
          if (draft.version !== this.remote.version) {
            throw new ApiError({ status: 409, code: "stale_version" });
          }
          this.remote = { ...draft, version: draft.version + 1 };
          return this.remote;
        },
        discardDraft: async () => {
          await say("DELETE");
          this.remote = { body: "", attachments: [], version: 0 };
        },
      },
    });
    return { drafts, page };
  }
}

const text = (body: string) => ({ body, attachments: [] });

test("a draft is kept here at once and on the server half a second after the last word", async () => {
  const world = new World();
  const { drafts } = world.tab();
  drafts.open("c1", "public");
  await settled();

  drafts.write("c1", "public", text("H"));
  await world.clock.pass(400);
  drafts.write("c1", "public", text("Hi"));
  expect(world.storage.getItem("draft.lara.c1.public")).toContain('"Hi"');
  await world.clock.pass(499);
  expect(world.asked).toEqual(["GET"]);
  await world.clock.pass(1);

  expect(world.asked).toEqual(["GET", "PUT Hi 0"]);
  expect(drafts.state("c1", "public")).toEqual({ ...text("Hi"), offered: null, isDirty: false });
});

test("a reply and a note are two drafts", async () => {
  const world = new World();
  const { drafts } = world.tab();

  drafts.write("c1", "public", text("to Dana"));
  drafts.write("c1", "note", text("to us"));

  expect(drafts.state("c1", "public").body).toBe("to Dana");
  expect(drafts.state("c1", "note").body).toBe("to us");
});

test("one is saved at a time, and the last words win", async () => {
  const world = new World();
  const { drafts } = world.tab();
  let open: () => void = () => {};
  world.gate = new Promise((resolve) => {
    open = resolve;
  });
  drafts.write("c1", "public", text("a"));
  await world.clock.pass(500);
  drafts.write("c1", "public", text("ab"));
  await world.clock.pass(5000);
  expect(world.asked).toEqual(["PUT a 0"]);

  open();
  await world.clock.pass(500);

  expect(world.asked).toEqual(["PUT a 0", "PUT ab 1"]);
  expect(world.remote).toEqual({ ...text("ab"), version: 2 });
});

test("a killed tab loses nothing", async () => {
  const world = new World();
  world.tab().drafts.write("c1", "public", text("almost"));

  const { drafts } = world.tab();
  expect(drafts.open("c1", "public").body).toBe("almost");
  await world.clock.pass(500);

  expect(world.remote.body).toBe("almost");
});

test.each(["pagehide", "visibility"] as const)("%s saves what is not saved yet", async (name) => {
  const world = new World();
  const { drafts, page } = world.tab();
  drafts.write("c1", "public", text("a"));

  if (name === "visibility") page.set({ visible: false });
  else page.fire(name);
  await settled();
  page.fire("pagehide");
  await settled();

  expect(world.asked).toEqual(["PUT a 0 last"]);
});

test("what the server has is shown where nothing stands here", async () => {
  const world = new World();
  world.remote = { body: "from phone", attachments: ["f"], version: 4 };
  const { drafts } = world.tab();
  const told: string[] = [];
  drafts.onChange.add((conv, visibility) => told.push(`${conv} ${visibility}`));

  drafts.open("c1", "note");
  await settled();
  expect(drafts.state("c1", "note")).toEqual({
    body: "from phone",
    attachments: ["f"],
    offered: null,
    isDirty: false,
  });
  expect(told).toEqual(["c1 note"]);
  drafts.write("c1", "note", text("from phone, and here"));
  await world.clock.pass(500);

  expect(world.remote).toEqual({ ...text("from phone, and here"), version: 5 });
});

async function withOffer() {
  const world = new World();
  const { drafts } = world.tab();
  drafts.open("c1", "public");
  await settled();
  world.remote = { ...text("from phone"), version: 3 };
  drafts.write("c1", "public", text("mine"));
  await world.clock.pass(500);
  expect(drafts.state("c1", "public")).toEqual({
    ...text("mine"),
    offered: text("from phone"),
    isDirty: true,
  });
  return { world, drafts };
}

test("a newer draft is offered, and nothing is saved until one decides", async () => {
  const { world, drafts } = await withOffer();

  drafts.write("c1", "public", text("mine, longer"));
  await world.clock.pass(60_000);

  expect(world.remote.body).toBe("from phone");
  expect(drafts.state("c1", "public").body).toBe("mine, longer");
});

test("the offered draft can be used", async () => {
  const { world, drafts } = await withOffer();

  drafts.useOffered("c1", "public");
  drafts.useOffered("c1", "public");
  await world.clock.pass(1000);

  expect(drafts.state("c1", "public")).toEqual({
    ...text("from phone"),
    offered: null,
    isDirty: false,
  });
  expect(world.remote.version).toBe(3);
});

test("mine can be kept", async () => {
  const { world, drafts } = await withOffer();

  drafts.keepMine("c1", "public");
  drafts.keepMine("c1", "public");
  await world.clock.pass(500);

  expect(world.remote).toEqual({ ...text("mine"), version: 4 });
});

test("a draft that is gone from the server is saved as a new one", async () => {
  const world = new World();
  const { drafts } = world.tab();
  drafts.write("c1", "public", text("a"));
  await world.clock.pass(500);
  world.remote = { body: "", attachments: [], version: 0 };

  drafts.write("c1", "public", text("ab"));
  await world.clock.pass(1000);

  expect(world.asked).toEqual(["PUT a 0", "PUT ab 1", "GET", "PUT ab 0"]);
  expect(drafts.state("c1", "public")).toMatchObject({ offered: null, isDirty: false });
});

test("what was sent from elsewhere is not kept here, words written here are", async () => {
  const world = new World();
  world.remote = { ...text("a"), version: 1 };
  const { drafts } = world.tab();
  drafts.open("c1", "public");
  drafts.write("c2", "public", text("mine"));
  world.gate = Promise.resolve();
  await settled();
  expect(drafts.state("c1", "public").body).toBe("a");
  world.remote = { body: "", attachments: [], version: 0 };
  await world.clock.pass(500);
  world.remote = { body: "", attachments: [], version: 0 };

  drafts.open("c1", "public");
  drafts.open("c2", "public");
  await settled();

  expect(drafts.state("c1", "public").body).toBe("");
  expect(drafts.state("c2", "public").body).toBe("mine");
});

test("sent, it is gone here and there", async () => {
  const world = new World();
  const { drafts } = world.tab();
  drafts.write("c1", "public", text("a"));
  await world.clock.pass(500);

  drafts.clear("c1", "public");
  await settled();

  expect(world.remote.body).toBe("");
  expect(world.storage.length).toBe(0);
  drafts.write("c1", "public", text("next"));
  await world.clock.pass(500);
  expect(world.remote.body).toBe("next");
});

test("what passes is tried again, also at once when the network is back", async () => {
  const world = new World();
  const { drafts, page } = world.tab();
  world.fault = new ApiError({ code: "unreachable" });
  drafts.open("c1", "public");
  drafts.write("c1", "public", text("a"));
  await world.clock.pass(500);
  expect(drafts.state("c1", "public").isDirty).toBe(true);
  await world.clock.pass(5000);
  expect(world.asked).toEqual(["GET", "PUT a 0", "PUT a 0"]);

  world.fault = null;
  page.fire("online");
  await world.clock.pass(500);

  expect(world.remote.body).toBe("a");
});

test("what the server will not have is kept here and not asked again", async () => {
  const world = new World();
  const { drafts } = world.tab();
  world.fault = new ApiError({ status: 403, code: "permission_denied" });
  drafts.write("c1", "public", text("a"));

  await world.clock.pass(60_000);

  expect(world.asked).toEqual(["PUT a 0"]);
  expect(drafts.state("c1", "public").body).toBe("a");
});

test("another tab's words are shown, unless there are some here that are not saved", async () => {
  const world = new World();
  const [one, two] = [world.tab(), world.tab()];
  two.drafts.state("c1", "public");
  one.drafts.write("c1", "public", text("a"));
  two.page.written("draft.lara.c1.public");
  expect(two.drafts.state("c1", "public")).toMatchObject({ body: "a", isDirty: false });
  await world.clock.pass(500);
  two.page.written("draft.lara.c1.public");

  two.drafts.write("c1", "public", text("ab"));
  await world.clock.pass(500);
  expect(world.remote).toEqual({ ...text("ab"), version: 2 });
  one.drafts.write("c1", "public", text("ac"));
  world.storage.setItem("draft.lara.c1.public", JSON.stringify({ body: "ad", version: 3 }));
  one.page.written("draft.lara.c1.public");

  expect(one.drafts.state("c1", "public")).toMatchObject({ body: "ac", offered: text("ad") });
  two.page.written("draft.lara.unknown");
  world.storage.removeItem("draft.lara.c1.public");
  two.page.written("draft.lara.c1.public");
  expect(two.drafts.state("c1", "public").body).toBe("");
});

test("nonsense in storage is passed over, and closing leaves no timer", () => {
  const world = new World();
  world.storage.setItem("draft.lara.c1.public", "[]");
  const { drafts } = world.tab();
  expect(drafts.state("c1", "public").body).toBe("");

  drafts.write("c1", "public", text("a"));
  drafts.close();

  expect(world.clock.due).toEqual([]);
});

test("who signs out leaves nothing here that the server has, and loses nothing it has not", async () => {
  const world = new World();
  const { drafts } = world.tab();
  drafts.write("c1", "public", text("Saved"));
  await world.clock.pass(500);
  await settled();
  drafts.write("c1", "note", text("Not yet"));

  drafts.forget();

  expect([...Array(world.storage.length).keys()].map((n) => world.storage.key(n))).toEqual([
    "draft.lara.c1.note",
  ]);
});
