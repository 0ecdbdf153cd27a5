/** A server with one log, and a page that follows it. */

import { ApiError } from "../errors";
import { Followers, type FollowState } from "../follower";
import { LiveSocket } from "../socket";
import type { ClientFrame, EventPage } from "../types";
import { ManualClock, settled } from "./clock";
import { event } from "./objects";
import { FakeServer } from "./wire";
import { FakePage } from "./world";

const MOST_IN_ANSWER = 4;
const MOST_IN_PAGE = 3;

/** A server with one conversation, whose answers take a while and whose events may get lost. */
export class Model {
  readonly clock = new ManualClock();
  readonly page = new FakePage();
  readonly server = new FakeServer();
  epoch = "e1";
  head = 0;
  delay = 0;
  refusal: { code: string; retry_after?: number } | null = null;
  isHoled = false;
  asked: ClientFrame[] = [];
  pages = 0;
  shown: number[] = [];
  resets: number[] = [];
  states: [FollowState, string][] = [];
  readonly socket: LiveSocket;
  readonly followers: Followers;

  constructor() {
    const { clock, page, server } = this;
    const ticket = async () => ({ ticket: "t", expires_at: "", url: "/" });
    this.socket = new LiveSocket({ open: server.open, ticket, clock, page, chance: () => 0.1 });
    server.hear = (wire, frame) => {
      if (frame.op !== "sub") return;
      this.asked.push(frame);
      const answer = () => wire.say({ ...this.answer(frame.seq, frame.epoch), ref: frame.ref });
      if (this.delay > 0) clock.after(this.delay, answer);
      else answer();
    };
    this.followers = new Followers({ socket: this.socket, api: this, clock });
  }

  follow(place?: { seq: number; epoch: string }): void {
    this.followers.follow(
      "c1",
      {
        onEvents: (events) => this.shown.push(...events.map((each) => each.seq)),
        onReset: (head) => {
          this.resets.push(head);
          this.shown = Array.from({ length: head }, (_, n) => n + 1);
        },
        onState: (state, code) => this.states.push([state, code]),
      },
      place,
    );
  }

  async start(place?: { seq: number; epoch: string }): Promise<void> {
    this.follow(place);
    this.socket.start();
    await settled();
  }

  events = async (_conv: string, after: number, epoch: string | null): Promise<EventPage> => {
    this.pages += 1;
    if (epoch !== this.epoch) throw new ApiError({ status: 409, code: "resync" });
    const events = this.after(after).slice(0, MOST_IN_PAGE);
    const complete = after + events.length >= this.head;
    return { epoch: this.epoch, head: this.head, events, complete };
  };

  deliver(seq: number): void {
    this.server.last.say({ op: "event", ...event(seq) });
  }

  beat(): void {
    this.server.last.say({ op: "hb", n: 1, heads: { c1: this.head, other: 3 } });
  }

  private after(seq: number) {
    return Array.from({ length: this.head - seq }, (_, n) => event(seq + n + 1));
  }

  private answer(seq: number | undefined, epoch: string | undefined): object {
    const named = { conv: "c1", head: this.head, epoch: this.epoch };
    if (this.refusal) return { op: "err", detail: "", ...this.refusal };
    if (epoch !== undefined && epoch !== this.epoch)
      return { op: "resync", reason: "epoch", ...named };
    if (seq !== undefined && seq > this.head) return { op: "resync", reason: "ahead", ...named };
    const events = seq === undefined ? [] : this.after(seq);
    const recovered = events.length <= MOST_IN_ANSWER;
    const told = this.isHoled ? events.slice(1) : recovered ? events : [];
    return { op: "sub_ok", ...named, recovered, events: told };
  }
}

export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
