/** Which way messages go: over the socket when it is ready, by REST otherwise. */

import type { Api } from "./api";
import type { Followers } from "./follower";
import type { OutboxOptions } from "./outbox";
import type { LiveSocket } from "./socket";

interface Parts {
  socket: LiveSocket;
  api: Pick<Api, "post">;
  followers: Pick<Followers, "state">;
}

/**
 * While a log catches up its messages wait, so that nobody answers what they have not seen. The
 * outbox is to be flushed when the socket or a follower changes.
 */
export function delivery({ socket, api, followers }: Parts): Pick<OutboxOptions, "way" | "send"> {
  return {
    way: (conv) => {
      const { state } = socket.connection;
      if (state === "ready") return followers.state(conv) === "catching_up" ? "wait" : "socket";
      return state === "reconnecting" || state === "idle" ? "rest" : "wait";
    },
    send: (way, conv, message) =>
      way === "socket" ? socket.ask({ op: "send", conv, ...message }) : api.post(conv, message),
  };
}
