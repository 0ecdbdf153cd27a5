/**
 * One live socket, kept alive for ever: it comes in, answers heartbeats, pairs answers with their
 * questions and comes back whatever happens. What frames mean is for others to say.
 */

import { Alarm, type Clock } from "./clock";
import { ApiError, asApiError, DISCONNECTED } from "./errors";
import { readFrame } from "./frames";
import { Listeners } from "./listeners";
import { Pace } from "./pace";
import type { Surroundings } from "./page";
import { Questions } from "./questions";
import type {
  Answers,
  ClientFrame,
  ErrFrame,
  Notice,
  Question,
  ReadyFrame,
  ServerFrame,
  Ticket,
} from "./types";
import { closeQuietly, type Wire } from "./wire";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** For the ticket, and for `ready`. */
const PATIENCE_MS = 10_000;
/** Heartbeats come every 20 s. */
const SILENCE_MS = 45_000;
/** After sleep a connection that was silent for longer is not worth waiting for. */
const STALE_MS = 25_000;
/** Who stood so long starts with short pauses again. */
const STABLE_MS = 5_000;

const UNAUTHENTICATED = 4401;
const FORBIDDEN = 4403;
/** Seconds, where the server closes without saying how long. */
const PAUSES = new Map([
  [4429, 30],
  [4503, 1],
]);

export type ConnectionState =
  | "idle"
  | "connecting"
  | "ready"
  | "reconnecting"
  | "offline"
  | "ended";

export interface Connection {
  readonly state: ConnectionState;
  /** When this state began, so that the pill can wait before it shows. */
  readonly since: number;
  /** Why it ended. */
  readonly reason: "" | "unauthenticated" | "forbidden";
  /** The server's bundle where it is not the page's: worth a reload. */
  readonly newBundle: string | null;
}

export interface SocketOptions {
  open: (url: string) => Wire;
  ticket: () => Promise<Ticket>;
  clock: Clock;
  page: Surroundings;
  /** From 0 to 1. */
  chance?: () => number;
  /** The one that this page runs. */
  bundle?: string;
}

const always = () => true;

export class LiveSocket {
  readonly onFrame = new Listeners<[ServerFrame]>();
  /** Let in: the moment to ask for what was missed. */
  readonly onReady = new Listeners<[ReadyFrame]>();
  readonly onLost = new Listeners();
  readonly onChange = new Listeners();

  private current: Connection;
  private wire: Wire | null = null;
  /** Of each attempt another one, so that what comes late from an older one is told apart. */
  private attempt = 0;
  private failures = 0;
  private refusals = 0;
  private heardAt = 0;
  private readyAt = 0;
  private toldPause: number | null = null;
  private readonly questions: Questions;
  private readonly retry: Alarm;
  private readonly watch: Alarm;
  private readonly pace: Pace;
  private offs: (() => void)[] = [];

  constructor(private readonly options: SocketOptions) {
    const { clock } = options;
    this.current = { state: "idle", since: clock.now(), reason: "", newBundle: null };
    this.retry = new Alarm(clock, () => void this.connect());
    this.watch = new Alarm(clock, () => this.comeBack());
    this.pace = new Pace(clock);
    this.questions = new Questions(clock);
  }

  /** A new object at each change. */
  get connection(): Connection {
    return this.current;
  }

  get isReady(): boolean {
    return this.current.state === "ready";
  }

  /** Also after it has ended, once somebody has signed in again. */
  start(): void {
    if (this.current.state !== "idle" && this.current.state !== "ended") return;
    const { page } = this.options;
    this.failures = this.refusals = 0;
    const wake = () => this.wake();
    this.offs = [
      page.on("online", wake),
      page.on("focus", wake),
      page.on("visibility", () => page.isVisible() && wake()),
      page.on("offline", () => this.comeBack()),
    ];
    this.become("connecting");
    void this.connect();
  }

  stop(): void {
    this.leave("idle");
  }

  /**
   * Rejects with ApiError: refused, too late, or the connection went away meanwhile. When its turn
   * has come `isWanted` is asked; what is not wanted any more is not sent.
   */
  ask<Q extends Question>(question: Q, isWanted = always): Promise<Answers[Q["op"]]> {
    if (!this.isReady) return Promise.reject(new ApiError({ code: DISCONNECTED }));
    const { ref, answer } = this.questions.open();
    this.pace.push(
      () => this.questions.isOpen(ref) && isWanted() && this.write({ ...question, ref }),
    );
    return answer as Promise<Answers[Q["op"]]>;
  }

  /** Now or never; whether there is a connection to say it on. */
  tell(notice: Notice, isWanted = always): boolean {
    if (this.isReady) this.pace.push(() => isWanted() && this.write(notice));
    return this.isReady;
  }

  // Coming in

  private async connect(): Promise<void> {
    this.retry.clear();
    this.toldPause = null;
    const attempt = ++this.attempt;
    this.watch.set(PATIENCE_MS);
    let ticket: Ticket;
    try {
      ticket = await this.options.ticket();
    } catch (error) {
      if (attempt === this.attempt) this.ticketRefused(asApiError(error));
      return;
    }
    if (attempt === this.attempt) this.open(ticket, attempt);
  }

  private ticketRefused(error: ApiError): void {
    if (error.status === 401) this.leave("ended", "unauthenticated");
    else if (error.status === 403) this.leave("ended", "forbidden");
    else this.comeBack(error.retryAfter);
  }

  private open(ticket: Ticket, attempt: number): void {
    let wire: Wire;
    try {
      wire = this.options.open(ticket.url);
    } catch {
      this.comeBack();
      return;
    }
    this.wire = wire;
    this.watch.set(PATIENCE_MS);
    wire.onopen = () => this.write({ op: "hello", ticket: ticket.ticket, v: 1 });
    wire.onmessage = ({ data }) => attempt === this.attempt && this.receive(data);
    wire.onclose = ({ code }) => attempt === this.attempt && this.closed(code);
  }

  private letIn(frame: ReadyFrame): void {
    this.readyAt = this.heardAt;
    this.refusals = 0;
    const { frames_per_second: rate, burst } = frame.limits;
    this.pace.begin(Number(rate) || 10, Number(burst) || 20);
    const { bundle } = this.options;
    const isNew = Boolean(bundle && frame.bundle && frame.bundle !== bundle);
    this.become("ready", { newBundle: isNew ? frame.bundle : this.current.newBundle });
    this.onReady.tell(frame);
  }

  // Frames

  private receive(data: unknown): void {
    this.heardAt = this.options.clock.now();
    const frame = readFrame(data);
    if (this.isReady) this.watch.set(SILENCE_MS);
    if (frame === null) return;
    if (frame.op === "ready") {
      this.watch.set(SILENCE_MS);
      this.letIn(frame);
    } else if (frame.op === "hb") {
      this.write({ op: "hb", n: frame.n });
    } else if (frame.op === "bye") {
      this.toldPause = Number(frame.retry_after) || null;
    } else if (frame.op === "err" && frame.code === "rate") {
      this.tooFast(frame);
    }
    this.questions.heard(frame);
    this.onFrame.tell(frame);
  }

  /** Some frame was not taken, and nobody says which: all that waits is asked again then. */
  private tooFast(frame: ErrFrame): void {
    const seconds = frame.retry_after ?? 1;
    this.pace.pause(seconds);
    this.questions.rejectAll(new ApiError({ code: frame.code, retryAfter: seconds }));
  }

  private write(frame: ClientFrame): boolean {
    try {
      this.wire?.send(JSON.stringify(frame));
    } catch {
      this.comeBack();
    }
    return true;
  }

  // Going and coming back

  private closed(code: number): void {
    const wasReady = this.isReady;
    if (code === FORBIDDEN) {
      this.leave("ended", "forbidden");
    } else if (code === UNAUTHENTICATED && (wasReady || ++this.refusals > 1)) {
      // Before `ready` it may be a ticket that was too long on its way: another one is tried once.
      this.leave("ended", "unauthenticated");
    } else {
      this.comeBack(this.toldPause ?? PAUSES.get(code) ?? null);
    }
  }

  /** Give this connection up, whatever the browser thinks of it, and try again later. */
  private comeBack(told: number | null = null): void {
    const { clock, page, chance = Math.random } = this.options;
    if (this.isReady && clock.now() - this.readyAt >= STABLE_MS) this.failures = 0;
    this.cut();
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.failures, 10));
    this.failures += 1;
    this.toldPause = told;
    this.become(page.isOnline() ? "reconnecting" : "offline");
    this.retry.set(told === null ? chance() * longest : told * 1000);
  }

  private wake(): void {
    const { clock, page } = this.options;
    if (this.current.state === "offline" && page.isOnline()) this.become("reconnecting");
    const isStale = this.isReady && clock.now() - this.heardAt > STALE_MS;
    if (isStale) this.comeBack();
    // A pause that the server asked for is kept.
    if (this.retry.isSet && this.toldPause === null) void this.connect();
  }

  private leave(state: "idle" | "ended", reason: Connection["reason"] = ""): void {
    for (const off of this.offs) off();
    this.offs = [];
    this.retry.clear();
    this.cut();
    this.become(state, { reason });
  }

  private cut(): void {
    const { wire, isReady } = this;
    this.attempt += 1;
    this.wire = null;
    this.watch.clear();
    this.pace.stop();
    if (wire !== null) {
      wire.onopen = wire.onmessage = wire.onclose = null;
      closeQuietly(wire);
    }
    if (isReady) this.become("reconnecting");
    this.questions.rejectAll(new ApiError({ code: DISCONNECTED }));
    if (isReady) this.onLost.tell();
  }

  private become(state: ConnectionState, more: Partial<Connection> = {}): void {
    const before = this.current;
    const since = state === before.state ? before.since : this.options.clock.now();
    this.current = { ...before, reason: "", ...more, state, since };
    if (state !== before.state) this.onChange.tell();
  }
}
