import { expect, test } from "vitest";
import type { ApiError } from "../../core/errors";
import { sendFile } from "./sendfile";

/** A request whose answer tests speak for. */
class FakeRequest {
  readonly told: string[] = [];
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  status = 0;
  responseText = "";
  body: FormData | null = null;
  onload = () => {};
  onerror = () => {};

  open(method: string, path: string): void {
    this.told.push(`${method} ${path}`);
  }
  setRequestHeader(name: string, value: string): void {
    this.told.push(`${name}: ${value}`);
  }
  send(body: FormData): void {
    this.body = body;
  }
  abort(): void {
    this.told.push("abort");
  }
  answer(status: number, text: string): void {
    this.status = status;
    this.responseText = text;
    this.onload();
  }
}

function world() {
  const request = new FakeRequest();
  const shares: number[] = [];
  const stop = new AbortController();
  const send = sendFile(
    () => request as unknown as XMLHttpRequest,
    () => "token",
    "lara",
  );
  const sent = send("c1", new File(["x"], "a.txt"), (share) => shares.push(share), stop.signal);
  return { request, shares, stop, sent };
}

test("a file goes with the conversation and the token, and tells how far it is", async () => {
  const { request, shares, sent } = world();

  request.upload.onprogress?.({ loaded: 1, total: 4 });
  request.upload.onprogress?.({ loaded: 0, total: 0 });
  request.answer(201, '{"id": "f1"}');

  expect(await sent).toEqual({ id: "f1" });
  expect([shares, request.body?.get("conversation")]).toEqual([[0.25, 0], "c1"]);
  expect(request.told).toEqual([
    "POST /api/v1/attachments/",
    "Accept: application/json",
    "X-CSRFToken: token",
    "X-TokDesk-Member: lara",
  ]);
});

test.each([
  [415, '{"code": "wrong_type", "detail": "No.", "request_id": "r-1"}', "wrong_type No. r-1"],
  [502, "<html>", "http_502  null"],
])("%d is told with its reason", async (status, text, wanted) => {
  const { request, sent } = world();

  request.answer(status, text);

  const { code, detail, requestId } = (await sent.catch((error) => error)) as ApiError;
  expect(`${code} ${detail} ${requestId}`).toBe(wanted);
});

test("without a network it may well succeed later", async () => {
  const { request, sent } = world();

  request.onerror();

  expect(((await sent.catch((error) => error)) as ApiError).isPassing).toBe(true);
});

test("it can be stopped", () => {
  const { request, stop } = world();

  stop.abort();

  expect(request.told.at(-1)).toBe("abort");
});
