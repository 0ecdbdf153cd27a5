import { expect, test } from "vitest";
import { ApiError } from "../../core/errors";
import { ManualClock } from "../../core/testing/clock";
import type { Deed, Job } from "../api";
import { Bulk } from "./bulk";

const job = (fields: Partial<Job>): Job => ({
  ...{ id: "j1", action: "status", state: "running", total: 3, done: 0, undone: 0 },
  failures: [],
  ...fields,
});

function world(answers: (Job | Error)[]) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const told: string[] = [];
  const next = async (what: string): Promise<Job> => {
    asked.push(what);
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer;
    return answer;
  };
  const bulk = new Bulk(
    {
      bulk: async (target, deed) => ({
        job: await next(`${deed.action} ${JSON.stringify(target)}`),
      }),
      job: (id) => next(`look ${id}`),
      undoJob: (id) => next(`undo ${id}`),
    },
    clock,
  );
  bulk.onEnd.add((each) => told.push(each.state));
  bulk.onError.add((error) => told.push(`error ${(error as ApiError).code}`));
  return { bulk, clock, asked, told };
}

const deed: Deed = { action: "status", status: "resolved" };

test("a job is watched until it is over, and can be taken back", async () => {
  const { bulk, clock, asked, told } = world([
    job({}),
    job({ done: 2 }),
    job({ state: "done", done: 3 }),
    job({ state: "undoing" }),
    job({ state: "undone" }),
  ]);

  await bulk.start({ ids: ["a", "b", "c"] }, deed);
  await clock.pass(400);
  expect(bulk.job?.done).toBe(2);
  await clock.pass(400);
  expect([bulk.job, told]).toEqual([null, ["done"]]);
  await bulk.undo("j1");
  await clock.pass(400);

  expect(told).toEqual(["done", "undone"]);
  expect(asked).toEqual([
    'status {"ids":["a","b","c"]}',
    "look j1",
    "look j1",
    "undo j1",
    "look j1",
  ]);
});

test("what cannot be asked for is said", async () => {
  const { bulk, told } = world([new ApiError({ status: 403, code: "permission_denied" })]);

  await bulk.start({ ids: ["a"] }, deed);

  expect([bulk.job, told]).toEqual([null, ["error permission_denied"]]);
});

test("it is watched on where the network is away for a moment", async () => {
  const { bulk, clock, asked, told } = world([
    job({}),
    new ApiError({ status: 503, code: "http_503" }),
    job({ state: "done", done: 3 }),
  ]);

  await bulk.start({ ids: ["a"] }, deed);
  await clock.pass(400);
  expect([bulk.job?.id, told]).toEqual(["j1", []]);
  await clock.pass(2000);

  expect([told, asked.length]).toEqual([["done"], 3]);
});

test("a second one that could not begin is told, and the first is still watched", async () => {
  const { bulk, clock, told } = world([
    job({}),
    new ApiError({ code: "unreachable" }),
    job({ state: "done" }),
  ]);

  await bulk.start({ ids: ["a"] }, deed);
  await bulk.start({ ids: ["b"] }, deed);
  expect([told, bulk.job?.id]).toEqual([["error unreachable"], "j1"]);
  await clock.pass(400);

  expect([told, bulk.job]).toEqual([["error unreachable", "done"], null]);
});

test("of two both outcomes are told", async () => {
  const { bulk, clock, asked, told } = world([
    job({}),
    job({ id: "j2" }),
    job({ id: "j2", state: "done" }),
    job({ state: "done" }),
  ]);

  await bulk.start({ ids: ["a"] }, deed);
  await bulk.start({ ids: ["b"] }, deed);
  await clock.pass(800);

  expect([asked.slice(2), told, bulk.job]).toEqual([
    ["look j2", "look j1"],
    ["done", "done"],
    null,
  ]);
});
