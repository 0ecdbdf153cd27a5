/** What was heard of a log while a page of it was on its way, which may be older than that. */

import type { LogEvent } from "../../core/types";

const MOST_KEPT = 500;

export class Meanwhile {
  private events: LogEvent[] = [];

  /** Behind this place every entry is told. */
  constructor(private begins = 0) {}

  startAt(head: number): void {
    this.begins = head;
    this.events = [];
  }

  heard(events: readonly LogEvent[]): void {
    const all = [...this.events, ...events];
    this.events = all.slice(-MOST_KEPT);
    const first = this.events[0];
    if (all.length > MOST_KEPT && first !== undefined) this.begins = first.seq - 1;
  }

  /** The entries behind this head; null where some of them were never told. */
  after(head: number): LogEvent[] | null {
    return head < this.begins ? null : this.events.filter(({ seq }) => seq > head);
  }
}
