/**
 * What is known of one conversation's log, by the rule that leaves no hole and no repeat:
 * the next entry is applied, a later one is kept aside, an earlier one is dropped.
 */

import type { LogEvent } from "./types";

/** What is kept aside can be asked for again. */
const MOST_ASIDE = 500;

export class Log {
  /** Kept in no order; they wait for those before them. */
  private readonly aside = new Map<number, LogEvent>();

  constructor(
    /** The last entry that was applied; null until it is known where the log stands. */
    public seq: number | null = null,
    public epoch: string | null = null,
  ) {}

  /** Something is missing that is known to be there. */
  get hasHole(): boolean {
    return this.aside.size > 0;
  }

  /** The entries that can be applied now, in order. */
  take(event: LogEvent): LogEvent[] {
    if (this.seq === null || event.seq > this.seq) this.keep(event);
    return this.drain();
  }

  /** Go on behind this position, with what was kept aside as far as it fits. */
  startAt(seq: number, epoch: string): LogEvent[] {
    this.seq = seq;
    this.epoch = epoch;
    for (const each of [...this.aside.keys()]) if (each <= seq) this.aside.delete(each);
    return this.drain();
  }

  /** Nothing that was known is of this log any more. */
  forget(): void {
    this.seq = this.epoch = null;
    this.aside.clear();
  }

  /** The connection is gone: what waits may be of a log that is restored by the next one. */
  dropAside(): void {
    this.aside.clear();
  }

  private keep(event: LogEvent): void {
    const isNext = this.seq !== null && event.seq === this.seq + 1;
    if (isNext || this.aside.size < MOST_ASIDE) this.aside.set(event.seq, event);
  }

  private drain(): LogEvent[] {
    const found: LogEvent[] = [];
    while (this.seq !== null) {
      const next = this.aside.get(this.seq + 1);
      if (next === undefined) break;
      this.aside.delete(next.seq);
      this.seq = next.seq;
      found.push(next);
    }
    return found;
  }
}
