import { expect, test } from "vitest";
import { Api } from "./api";
import type { ApiError } from "./errors";
import { csrfOf, Http } from "./http";
import { ManualClock, settled } from "./testing/clock";
import { FakeNetwork, json, problem, type Request } from "./testing/world";

function world(
  answer: (request: Request) => Response | Promise<Response>,
  onUnauthenticated?: () => Promise<boolean>,
  member?: string,
) {
  const network = new FakeNetwork(answer);
  const clock = new ManualClock();
  const more = { ...(onUnauthenticated && { onUnauthenticated }), ...(member && { member }) };
  const http = new Http({ fetch: network.fetch, clock, csrf: () => "token", ...more });
  return { network, clock, http, api: new Api(http) };
}

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: ApiError) => error,
  );

test("a read has a query and neither a body nor the CSRF header", async () => {
  const { network, http } = world(() => json({ ok: true }));

  const answer = await http.get("things/", { query: { a: 1, b: null, c: undefined, d: true } });

  expect(answer).toEqual({ ok: true });
  const [request] = network.requests;
  expect(request?.path).toBe("things/?a=1&d=true");
  expect(request?.headers.get("X-CSRFToken")).toBeNull();
  expect(request?.headers.get("Content-Type")).toBeNull();
});

test("every request names whom the page was made for", async () => {
  const { network, http } = world(() => json({}), undefined, "lara");

  await http.get("things/");
  await http.post("things/");

  expect(network.requests.map((each) => each.headers.get("X-TokDesk-Member"))).toEqual([
    ...["lara", "lara"],
  ]);
});

test("a write carries JSON and the CSRF header", async () => {
  const { network, http } = world(() => json({ id: "x" }, 201));

  await http.post("things/", { name: "n" });

  expect(network.requests[0]?.body).toEqual({ name: "n" });
  expect(network.requests[0]?.headers.get("X-CSRFToken")).toBe("token");
  expect(network.requests[0]?.headers.get("Content-Type")).toBe("application/json");
});

test("a file goes as a form", async () => {
  const { network, api } = world(() => json({ id: "a" }, 201));

  await api.upload("c1", new Blob(["x"]), "x.txt");

  const form = network.requests[0]?.body as FormData;
  expect(form.get("conversation")).toBe("c1");
  expect(network.requests[0]?.headers.get("Content-Type")).toBeNull();
});

test("an answer without content is undefined", async () => {
  const { http } = world(() => json(null, 204));

  expect(await http.delete("things/1/")).toBeUndefined();
});

test("a problem becomes an ApiError with all that it tells", async () => {
  const { http } = world(() => {
    const response = problem(409, "stale_version", {
      current: 3,
      errors: { body: [{ code: "blank", detail: "Empty." }] },
    });
    response.headers.set("Retry-After", "7");
    return response;
  });

  const error = await caught(http.patch("things/1/", {}));

  expect(error).toMatchObject({
    status: 409,
    code: "stale_version",
    detail: "stale_version",
    requestId: "r-1",
    retryAfter: 7,
    extra: { current: 3 },
    errors: { body: [{ code: "blank", detail: "Empty." }] },
    isPassing: false,
  });
});

test("what is no problem document still becomes an ApiError", async () => {
  const { http } = world(
    () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "X-Request-ID": "r-9" } }),
  );

  const error = await caught(http.get("things/"));

  expect(error).toMatchObject({ status: 502, code: "http_502", requestId: "r-9", isPassing: true });
});

test("a good answer that is no JSON is malformed", async () => {
  const { http } = world(() => new Response("{", { status: 200 }));

  expect(await caught(http.get("things/"))).toMatchObject({
    status: 200,
    code: "malformed_answer",
  });
});

test("no network is unreachable, and passes", async () => {
  const { http } = world(() => Promise.reject(new TypeError("Failed to fetch")));

  const error = await caught(http.get("things/"));

  expect(error).toMatchObject({ status: 0, code: "unreachable", isPassing: true });
});

test("a server that does not answer is given up after half a minute", async () => {
  const { http, clock } = world(() => new Promise<Response>(() => {}));
  const asked = caught(http.get("things/"));

  await clock.pass(30_000);

  expect(await asked).toMatchObject({ status: 0, code: "timeout" });
});

test("an aborted request rejects with the reason of its signal", async () => {
  const { http, clock } = world(() => new Promise<Response>(() => {}));
  const control = new AbortController();
  const asked = caught(http.get("things/", { signal: control.signal }));

  control.abort(new Error("left"));

  expect((await asked).message).toBe("left");
  expect(clock.due).toEqual([]);
  expect((await caught(http.get("things/", { signal: control.signal }))).message).toBe("left");
});

test("requests that a dead session refuses are asked again once somebody has signed in", async () => {
  let isAlive = false;
  let asked = 0;
  let signIn: (isDone: boolean) => void = () => {};
  const { http, network } = world(
    () => (isAlive ? json({ ok: true }) : problem(401, "not_authenticated")),
    () => {
      asked += 1;
      return new Promise((resolve) => {
        signIn = resolve;
      });
    },
  );

  const both = Promise.all([http.get("a/"), http.get("b/")]);
  await settled();
  isAlive = true;
  signIn(true);

  expect(await both).toEqual([{ ok: true }, { ok: true }]);
  expect(asked).toBe(1);
  expect(network.requests.map((each) => each.path)).toEqual(["a/", "b/", "a/", "b/"]);
});

test("nobody signs in, so the refusal stands", async () => {
  const { http, network } = world(
    () => problem(401, "not_authenticated"),
    () => Promise.reject(new Error("closed")),
  );

  expect((await caught(http.get("a/"))).status).toBe(401);
  expect(network.requests.length).toBe(1);
});

test("a second refusal is not asked about again", async () => {
  const { http, network } = world(
    () => problem(401, "not_authenticated"),
    async () => true,
  );

  expect((await caught(http.get("a/"))).status).toBe(401);
  expect(network.requests.length).toBe(2);
});

test("the CSRF token is found under both of its names", () => {
  expect(csrfOf("a=b; csrftoken=one; c=d")).toBe("one");
  expect(csrfOf("__Host-csrftoken=two")).toBe("two");
  expect(csrfOf("xcsrftoken=three")).toBe("");
});

test("endpoints have the paths, methods and bodies of the contract", async () => {
  const { api, network } = world(() => json({}));

  await api.ticket();
  await api.presence();
  await api.conversations({ status: "open" });
  await api.more("https://desk.example/api/v1/conversations/?cursor=x");
  await api.counts();
  await api.conversation("c");
  await api.change("c", { subject: "s", version: 2 });
  await api.assign("c", null, 3);
  await api.claim("c");
  await api.setStatus("c", "resolved");
  await api.snooze("c", null, true);
  await api.merge("c", "d");
  await api.act("c", "follow");
  await api.participants("c");
  await api.addParticipant("c", "m");
  await api.removeParticipant("c", "m");
  await api.messages("c", { before: 9 }, 20);
  await api.post("c", { client_id: "i", body: "b" });
  await api.edit("c", "m", "b");
  await api.remove("c", "m");
  await api.events("c", 5, null);
  await api.read("c", 4, true);
  await api.unread("c", 4);
  await api.draft("c", "note");
  await api.saveDraft("c", "public", { body: "b", attachments: [], version: 1 });
  await api.discardDraft("c", "public");

  const told = network.requests.map(({ method, path, body }) =>
    body === null ? `${method} ${path}` : `${method} ${path} ${JSON.stringify(body)}`,
  );
  expect(told).toEqual([
    "POST realtime/tickets/",
    "GET presence/",
    "GET conversations/?status=open",
    "GET conversations/?cursor=x",
    "GET conversations/counts/",
    "GET conversations/c/",
    'PATCH conversations/c/ {"subject":"s","version":2}',
    'POST conversations/c/assign/ {"assignee":null,"version":3}',
    "POST conversations/c/claim/",
    'POST conversations/c/status/ {"status":"resolved"}',
    'POST conversations/c/snooze/ {"until":null,"until_reply":true}',
    'POST conversations/c/merge/ {"into":"d"}',
    "POST conversations/c/follow/",
    "GET conversations/c/participants/",
    'POST conversations/c/participants/ {"member":"m"}',
    "DELETE conversations/c/participants/m/",
    "GET conversations/c/messages/?before=9&limit=20",
    'POST conversations/c/messages/ {"client_id":"i","body":"b"}',
    'PATCH conversations/c/messages/m/ {"body":"b"}',
    "DELETE conversations/c/messages/m/",
    "GET conversations/c/events/?after=5&limit=300",
    'POST conversations/c/read/ {"seq":4}',
    'POST conversations/c/unread/ {"seq":4}',
    "GET conversations/c/draft/?visibility=note",
    'PUT conversations/c/draft/?visibility=public {"body":"b","attachments":[],"version":1}',
    "DELETE conversations/c/draft/?visibility=public",
  ]);
  expect(network.requests[21]?.keepalive).toBe(true);
});
