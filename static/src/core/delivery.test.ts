import { expect, test } from "vitest";
import { delivery } from "./delivery";
import type { FollowState } from "./follower";
import type { Way } from "./outbox";
import type { ConnectionState, LiveSocket } from "./socket";
import { message } from "./testing/objects";

test.each<[ConnectionState, FollowState | null, Way]>([
  ["idle", null, "rest"],
  ["connecting", null, "wait"],
  ["ready", null, "socket"],
  ["ready", "live", "socket"],
  ["ready", "gone", "socket"],
  ["ready", "catching_up", "wait"],
  ["reconnecting", "catching_up", "rest"],
  ["offline", "live", "wait"],
  ["ended", null, "wait"],
])("a socket that is %s and a log that is %s: %s", async (state, follow, way) => {
  const asked: string[] = [];
  const socket = {
    connection: { state },
    ask: async (frame: object) => asked.push(JSON.stringify(frame)),
  } as unknown as LiveSocket;
  const api = {
    post: async (conv: string) => {
      asked.push(`POST ${conv}`);
      return message(3);
    },
  };
  const ways = delivery({ socket, api, followers: { state: () => follow } });

  await ways.send("socket", "c1", { client_id: "i", body: "b" });
  await ways.send("rest", "c1", { client_id: "i", body: "b" });

  expect(ways.way("c1")).toBe(way);
  expect(asked).toEqual(['{"op":"send","conv":"c1","client_id":"i","body":"b"}', "POST c1"]);
});
