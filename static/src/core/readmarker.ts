/** How far one has read: only what was really before somebody's eyes for a second. */

import { Alarm, type Clock } from "./clock";
import { hasAttention, type Surroundings } from "./page";
import type { Id } from "./types";

const SEEN_MS = 1000;
/** The server stores a pointer no more often. */
const SEND_MS = 2000;

export interface ReadMarkerOptions {
  clock: Clock;
  page: Surroundings;
  /** `isLast` when the page may never come back. */
  read: (conv: Id, seq: number, isLast: boolean) => void;
}

/** Of the conversation that is open. */
export class ReadMarker {
  /** The last message that somebody has seen here. */
  readTo = 0;
  private conv: Id | null = null;
  private sentTo = 0;
  /** Marked as unread by hand: reading on does not undo that. */
  private isFrozen = false;
  /** Messages in view, each with the time since which somebody looks at it; null when nobody does. */
  private readonly inView = new Map<number, number | null>();
  private readonly look: Alarm;
  private readonly send: Alarm;
  private readonly offs: (() => void)[];

  constructor(private readonly options: ReadMarkerOptions) {
    const { clock, page } = options;
    this.look = new Alarm(clock, () => this.advance());
    this.send = new Alarm(clock, () => this.flush());
    const turn = () => this.attend();
    this.offs = [
      page.on("focus", turn),
      page.on("blur", turn),
      page.on("visibility", () => {
        turn();
        if (!page.isVisible()) this.flush(true);
      }),
      page.on("pagehide", () => this.flush(true)),
    ];
  }

  open(conv: Id, readTo: number): void {
    this.leave();
    this.conv = conv;
    this.readTo = this.sentTo = readTo;
    this.isFrozen = false;
  }

  leave(): void {
    this.flush();
    this.inView.clear();
    this.look.clear();
    this.conv = null;
  }

  /** At least half of the message is in view. */
  show(seq: number): void {
    if (this.conv === null || this.inView.has(seq)) return;
    this.inView.set(seq, hasAttention(this.options.page) ? this.options.clock.now() : null);
    this.plan();
  }

  hide(seq: number): void {
    this.inView.delete(seq);
  }

  /** From this message on; gives back what takes the mark away, where it could not be kept. */
  markUnread(conv: Id, seq: number): () => void {
    if (conv !== this.conv) return () => {};
    const { readTo, sentTo } = this;
    this.freeze(true, seq - 1, seq - 1);
    return () => this.conv === conv && this.freeze(false, readTo, sentTo);
  }

  /** Another tab or device has read on. */
  heard(conv: Id, seq: number): void {
    if (conv !== this.conv || seq <= this.readTo || this.isFrozen) return;
    this.readTo = seq;
    this.sentTo = Math.max(this.sentTo, seq);
  }

  close(): void {
    this.leave();
    this.send.clear();
    for (const off of this.offs) off();
  }

  private freeze(isFrozen: boolean, readTo: number, sentTo: number): void {
    this.isFrozen = isFrozen;
    this.readTo = readTo;
    this.sentTo = sentTo;
    this.send.clear();
    this.plan();
  }

  private attend(): void {
    const since = hasAttention(this.options.page) ? this.options.clock.now() : null;
    for (const [seq, before] of this.inView) {
      this.inView.set(seq, since === null ? null : (before ?? since));
    }
    this.plan();
  }

  private plan(): void {
    const times = [...this.inView].filter(([seq]) => seq > this.readTo).map(([, at]) => at);
    const since = times.filter((at) => at !== null);
    if (since.length === 0 || this.isFrozen) this.look.clear();
    else this.look.set(Math.max(0, Math.min(...since) + SEEN_MS - this.options.clock.now()));
  }

  private advance(): void {
    const before = this.options.clock.now() - SEEN_MS;
    const seen = [...this.inView].filter(([, at]) => at !== null && at <= before);
    const furthest = Math.max(this.readTo, ...seen.map(([seq]) => seq));
    if (furthest > this.readTo && this.conv !== null) {
      this.readTo = furthest;
      if (!this.send.isSet) this.send.set(SEND_MS);
    }
    this.plan();
  }

  private flush(isLast = false): void {
    this.send.clear();
    if (this.conv === null || this.readTo <= this.sentTo) return;
    this.sentTo = this.readTo;
    this.options.read(this.conv, this.readTo, isLast);
  }
}
