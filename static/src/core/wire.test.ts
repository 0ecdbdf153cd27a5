import { expect, test } from "vitest";
import { openWebSocket } from "./wire";

test.each([
  ["https://desk.example", "/ws/v1/", "wss://desk.example/ws/v1/"],
  ["http://localhost:8000", "/ws/v1/", "ws://localhost:8000/ws/v1/"],
  ["https://desk.example", "wss://live.example/ws/v1/", "wss://live.example/ws/v1/"],
])("from %s, %s is opened as %s", (origin, url, expected) => {
  const before = globalThis.WebSocket;
  const opened: string[] = [];
  globalThis.WebSocket = class {
    constructor(address: URL) {
      opened.push(String(address));
    }
  } as unknown as typeof WebSocket;

  openWebSocket(origin)(url);
  globalThis.WebSocket = before;

  expect(opened).toEqual([expected]);
});
