/** The network under the live socket. */

const NORMAL = 1000;

/** The part of WebSocket that is used. */
export interface Wire {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export function closeQuietly(wire: Wire): void {
  try {
    wire.close(NORMAL);
  } catch {
    // It was never open.
  }
}

/** The address may be a path of this origin. */
export function openWebSocket(origin: string): (url: string) => Wire {
  return (url) => {
    const address = new URL(url, origin);
    address.protocol =
      address.protocol === "https:" || address.protocol === "wss:" ? "wss:" : "ws:";
    return new WebSocket(address) as Wire;
  };
}
