import { expect, test } from "vitest";
import { ApiError } from "../../core/errors";
import { settled } from "../../core/testing/clock";
import type { Attachment } from "../../core/types";
import { MOST_BYTES, MOST_FILES, Uploads } from "./uploads";

const attachment = (id: string, name: string): Attachment => ({
  ...{ id, name, size: 1, content_type: "text/plain" },
  ...{ width: null, height: null, scan: "clean" },
});

function world() {
  const running: {
    name: string;
    progress: (share: number) => void;
    finish: (id: string) => void;
    fail: (error: Error) => void;
    signal: AbortSignal;
  }[] = [];
  const kept: string[] = [];
  let made = 0;
  const uploads = new Uploads({
    send: (_conv, file, progress, signal) =>
      new Promise((resolve, fail) => {
        const finish = (id: string) => resolve(attachment(id, file.name));
        running.push({ name: file.name, progress, finish, fail, signal });
      }),
    newId: () => `k${++made}`,
    read: async (id) => {
      if (id === "lost") throw new ApiError({ status: 404, code: "not_found" });
      return attachment(id, `${id}.txt`);
    },
    keep: (conv, mode, ids) => kept.push(`${conv} ${mode} ${ids.join()}`),
  });
  const shown = (mode: "public" | "note" = "public") =>
    uploads.list("c1", mode).map(({ name, state, progress }) => `${name} ${state} ${progress}`);
  return { uploads, running, kept, shown };
}

const file = (name: string) => new File(["x"], name);

test("a file goes up, tells how far it is, and becomes part of the draft", async () => {
  const { uploads, running, kept, shown } = world();

  uploads.add("c1", "note", [file("a.txt")]);
  running[0]?.progress(0.5);
  expect(shown("note")).toEqual(["a.txt uploading 0.5"]);
  running[0]?.finish("f1");
  await settled();

  expect([shown("note"), shown("public"), kept]).toEqual([["a.txt done 1"], [], ["c1 note f1"]]);
});

test("one that fails harms no other and is sent again", async () => {
  const { uploads, running, kept, shown } = world();
  uploads.add("c1", "public", [file("a.txt"), file("b.txt")]);
  running[0]?.fail(new ApiError({ status: 415, code: "wrong_type" }));
  running[1]?.finish("f2");
  await settled();
  expect(shown()).toEqual(["a.txt failed 0", "b.txt done 1"]);

  uploads.retry("c1", "public", "k1");
  running[2]?.finish("f3");
  await settled();

  expect(shown()).toEqual(["b.txt done 1", "a.txt done 1"]);
  expect(kept.at(-1)).toBe("c1 public f2,f3");
});

test("one that is too large is not sent at all", () => {
  const { uploads, running, shown } = world();
  const large = file("film.mov");
  Object.defineProperty(large, "size", { value: MOST_BYTES + 1 });

  uploads.add("c1", "public", [large]);

  expect([shown(), running, uploads.list("c1", "public")[0]?.error?.code]).toEqual([
    ["film.mov failed 0"],
    [],
    "too_large",
  ]);
});

test("a message takes only so many", () => {
  const { uploads, running } = world();

  uploads.add(
    "c1",
    "public",
    Array.from({ length: MOST_FILES + 3 }, (_, n) => file(`${n}`)),
  );

  expect(running.length).toBe(MOST_FILES);
  const left = uploads.list("c1", "public").slice(MOST_FILES);
  expect(left.map(({ state, error }) => `${state} ${error?.code}`)).toEqual(
    Array.from({ length: 3 }, () => "failed too_many"),
  );
});

test("one that is taken out is stopped", async () => {
  const { uploads, running, kept, shown } = world();
  uploads.add("c1", "public", [file("a.txt")]);

  uploads.remove("c1", "public", "k1");
  running[0]?.fail(new Error("stopped"));
  await settled();

  expect([running[0]?.signal.aborted, shown(), kept]).toEqual([true, [], ["c1 public "]]);
});

test("what a draft names is found again, but for what is lost", async () => {
  const { uploads, shown } = world();

  await uploads.restore("c1", "public", ["f1", "lost"]);
  await uploads.restore("c1", "public", ["f1"]);

  expect(shown()).toEqual(["f1.txt done 1"]);
});

test("what failed for want of a network goes up by itself, what was refused does not", async () => {
  const { uploads, running, shown } = world();
  uploads.add("c1", "public", [file("a.txt"), file("b.txt")]);
  running[0]?.fail(new ApiError({ code: "unreachable" }));
  running[1]?.fail(new ApiError({ status: 415, code: "wrong_type" }));
  await settled();

  uploads.hurry();

  expect(shown()).toEqual(["b.txt failed 0", "a.txt uploading 0"]);
});

test("what is read late of a draft that was sent is none of the next one", async () => {
  const { uploads, shown } = world();

  const reading = uploads.restore("c1", "public", ["f1"]);
  uploads.clear("c1", "public");
  await reading;

  expect(shown()).toEqual([]);
});
