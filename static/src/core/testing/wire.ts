/** A server at the other end of WebSockets, which tests speak for. */

import type { ClientFrame, ServerFrame } from "../types";
import type { Wire } from "../wire";
import { LARA } from "./objects";

export class FakeWire implements Wire {
  readonly sent: ClientFrame[] = [];
  closedWith: number | null = null;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(
    readonly url: string,
    private readonly hear: (wire: FakeWire, frame: ClientFrame) => void,
  ) {}

  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame;
    this.sent.push(frame);
    this.hear(this, frame);
  }

  close(code = 1000): void {
    this.closedWith = code;
  }

  say(frame: ServerFrame | object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  shut(code: number): void {
    this.onclose?.({ code });
  }

  ops(): string[] {
    return this.sent.map((each) => each.op);
  }
}

/** Opens wires; each says nothing by itself but `ready`, where `letsIn` is on. */
export class FakeServer {
  readonly wires: FakeWire[] = [];
  letsIn = true;
  ready: object = readyFrame();
  hear: (wire: FakeWire, frame: ClientFrame) => void = () => {};

  open = (url: string): Wire => {
    const wire = new FakeWire(url, (from, frame) => {
      if (frame.op === "hello" && this.letsIn) from.say(this.ready);
      else this.hear(from, frame);
    });
    this.wires.push(wire);
    queueMicrotask(() => wire.onopen?.());
    return wire;
  };

  get last(): FakeWire {
    const wire = this.wires.at(-1);
    if (wire === undefined) throw new Error("nobody has connected");
    return wire;
  }
}

export function readyFrame(more: object = {}): object {
  return {
    op: "ready",
    session: "s1",
    member: { ...LARA, availability: "online" },
    company: { id: "acme", name: "Acme", slug: "acme" },
    heartbeat_ms: 20_000,
    limits: { frames_per_second: 10, burst: 20 },
    bundle: "",
    ...more,
  };
}
