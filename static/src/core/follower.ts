/** Keeps the logs of conversations as new as the server's: asks for what lies between. */

import type { Api } from "./api";
import { Alarm, type Clock } from "./clock";
import { type ApiError, asApiError } from "./errors";
import { readEvents } from "./frames";
import { Log } from "./log";
import type { LiveSocket } from "./socket";
import type { Id, LogEvent, SubOkFrame } from "./types";

/** An answer that leaves a hole is not asked for again in a loop. */
const PAUSE_MS = 250;
/** Who is further behind reads the newest page instead of all that happened. */
const MOST_BEHIND = 1500;

/** `gone` is for good: out of sight, or never there. */
export type FollowState = "catching_up" | "live" | "gone";

export interface Follower {
  /** These entries, in order, each once. */
  onEvents(events: LogEvent[]): void;
  /** Read the newest messages anew; entries behind `head` follow. */
  onReset(head: number): void;
  onState?(state: FollowState, code: string): void;
}

export interface FollowerOptions {
  socket: LiveSocket;
  api: Pick<Api, "events">;
  clock: Clock;
}

interface Place {
  seq: number;
  epoch: string;
}

export class Followers {
  private readonly all = new Map<Id, Follow>();
  private readonly offs: (() => void)[];

  constructor(private readonly options: FollowerOptions) {
    const { socket } = options;
    this.offs = [
      socket.onReady.add(() => {
        for (const each of this.all.values()) each.ask();
      }),
      socket.onLost.add(() => {
        for (const each of this.all.values()) each.lost();
      }),
      socket.onFrame.add((frame) => {
        if (frame.op === "event") this.all.get(frame.conv)?.heard(frame);
        else if (frame.op === "hb") {
          for (const [conv, head] of Object.entries(frame.heads)) this.all.get(conv)?.headIs(head);
        } else if (frame.op === "resync" && frame.conv !== null && frame.ref === undefined) {
          this.all.get(frame.conv)?.startOver();
        } else if (frame.op === "err" && frame.code === "gone" && frame.conv) {
          this.all.get(frame.conv)?.gone(frame.code);
        }
      }),
    ];
  }

  /** From this position on; without one from where the log stands then, which is a reset. */
  follow(conv: Id, follower: Follower, place?: Place): void {
    this.all.get(conv)?.end();
    const follow = new Follow(conv, follower, this.options, place);
    this.all.set(conv, follow);
    follow.ask();
  }

  unfollow(conv: Id): void {
    const follow = this.all.get(conv);
    if (follow === undefined) return;
    follow.end();
    this.all.delete(conv);
    if (follow.isTold) this.options.socket.ask({ op: "unsub", conv }).catch(() => {});
  }

  state(conv: Id): FollowState | null {
    return this.all.get(conv)?.state ?? null;
  }

  /** To resume there later. */
  place(conv: Id): Place | null {
    const { seq, epoch } = this.all.get(conv)?.log ?? { seq: null, epoch: null };
    return seq === null || epoch === null ? null : { seq, epoch };
  }

  close(): void {
    for (const off of this.offs) off();
    for (const each of this.all.values()) each.end();
    this.all.clear();
  }
}

class Follow {
  readonly log: Log;
  state: FollowState = "catching_up";
  /** The server was asked on this connection; whoever leaves before that never was there. */
  isTold = false;
  private readonly again: Alarm;
  private isAsking = false;
  private isOver = false;
  /** Of each question another one: what an older one still finds out decides nothing. */
  private turn = 0;

  constructor(
    private readonly conv: Id,
    private readonly follower: Follower,
    private readonly options: FollowerOptions,
    place?: Place,
  ) {
    this.log = new Log(place?.seq ?? null, place?.epoch ?? null);
    this.again = new Alarm(options.clock, () => this.ask());
  }

  /** One question at a time; its answer tells whether another one is needed. */
  ask(): void {
    if (this.isAsking || this.isOver || !this.options.socket.isReady) return;
    this.interrupt();
    this.isAsking = true;
    this.become("catching_up");
    const { turn } = this;
    this.catchUp(turn)
      .catch((error: unknown) => turn === this.turn && this.failed(asApiError(error)))
      .finally(() => turn === this.turn && this.asked());
  }

  heard(event: LogEvent): void {
    if (this.isOver) return;
    this.apply(this.log.take(event));
    if (this.log.hasHole && this.state === "live") this.ask();
  }

  headIs(head: number): void {
    if (this.state === "live" && head > (this.log.seq ?? 0)) this.ask();
  }

  /** The log is another one now, and the server has ended the subscription. */
  startOver(): void {
    this.lost();
    this.log.forget();
    this.ask();
  }

  gone(code: string): void {
    this.interrupt();
    this.become("gone", code);
  }

  lost(): void {
    this.interrupt();
    this.isTold = false;
    this.log.dropAside();
    this.become("catching_up");
  }

  end(): void {
    this.isOver = true;
    this.interrupt();
  }

  private interrupt(): void {
    this.turn += 1;
    this.isAsking = false;
    this.again.clear();
  }

  private async catchUp(turn: number): Promise<void> {
    const { seq, epoch } = this.log;
    const place = seq === null ? {} : { seq, ...(epoch === null ? {} : { epoch }) };
    const answer = await this.options.socket.ask({ op: "sub", conv: this.conv, ...place }, () => {
      this.isTold ||= turn === this.turn;
      return turn === this.turn;
    });
    if (turn !== this.turn) return;
    if (answer.op === "resync") this.log.forget();
    else if (seq === null) this.begin(answer);
    else if (answer.recovered) this.fill(answer);
    else if (answer.head - seq > MOST_BEHIND) this.log.forget();
    else await this.readPages(turn, answer.head);
  }

  private begin({ head, epoch }: SubOkFrame): void {
    const held = this.log.startAt(head, epoch);
    this.tell(() => this.follower.onReset(head));
    this.apply(held);
    this.check(head);
  }

  private fill({ head, epoch, events }: SubOkFrame): void {
    this.log.epoch = epoch;
    for (const event of events) this.apply(this.log.take(event));
    this.check(head);
  }

  /** By REST, what was too much for one frame. */
  private async readPages(turn: number, told: number): Promise<void> {
    for (let head = told, from = -1; from !== this.log.seq; ) {
      from = this.log.seq ?? 0;
      const page = await this.options.api.events(this.conv, from, this.log.epoch);
      if (turn !== this.turn) return;
      for (const event of readEvents(page.events)) this.apply(this.log.take(event));
      head = Math.max(head, Number(page.head) || 0);
      this.check(head);
      if (page.complete) return;
    }
  }

  private check(head: number): void {
    if (!this.log.hasHole && (this.log.seq ?? 0) >= head) this.become("live");
  }

  /** Live where nothing is missing; otherwise asked again after a pause. */
  private asked(): void {
    this.isAsking = false;
    if (this.state === "catching_up" && !this.again.isSet) this.again.set(PAUSE_MS);
  }

  private failed(error: ApiError): void {
    if (error.code === "resync") this.log.forget();
    else if (error.isPassing) this.again.set(Math.max(PAUSE_MS, (error.retryAfter ?? 1) * 1000));
    else this.gone(error.code);
  }

  private apply(events: LogEvent[]): void {
    if (events.length > 0) this.tell(() => this.follower.onEvents(events));
  }

  private become(state: FollowState, code = ""): void {
    if (state === this.state || this.isOver) return;
    this.state = state;
    this.tell(() => this.follower.onState?.(state, code));
  }

  /** What a follower throws must not stop the log. */
  private tell(what: () => void): void {
    try {
      what();
    } catch (error) {
      reportError(error);
    }
  }
}
