/** What tells somebody who looks elsewhere: the number in the title, and one sound in one tab. */

import { Alarm, type Clock } from "../../core/clock";
import type { Locks } from "../../core/locks";
import { hasAttention, type Surroundings } from "../../core/page";
import type { Conversation, Counts, Id } from "../../core/types";

/** How soon a tab rings after the one that rang is gone. */
const TAKEOVER_MS = 5000;

export interface AlertsOptions {
  clock: Clock;
  page: Surroundings;
  locks: Locks;
  me: Id;
  wanted: () => "off" | "mine" | "all";
  ring: () => void;
}

export class Alerts {
  private readonly unread = new Map<Id, number>();
  private isLeader = false;
  private readonly again: Alarm;

  constructor(private readonly options: AlertsOptions) {
    this.again = new Alarm(options.clock, () => this.lead());
    this.lead();
  }

  /** What is known already is no news. */
  know(rows: readonly Conversation[]): void {
    for (const row of rows) this.unread.set(row.id, row.unread);
  }

  heard(row: Conversation): void {
    const before = this.unread.get(row.id);
    this.unread.set(row.id, row.unread);
    const isNews = row.unread > (before ?? 0);
    if (isNews && this.isLeader && this.isWanted(row) && !hasAttention(this.options.page)) {
      this.options.ring();
    }
  }

  private isWanted(row: Conversation): boolean {
    const wanted = this.options.wanted();
    const isMine = row.assignee?.id === this.options.me || row.kind === "direct";
    return wanted === "all" || (wanted === "mine" && isMine);
  }

  /** The lock is held for as long as the tab lives. */
  private lead(): void {
    const forever = () =>
      new Promise<void>(() => {
        this.isLeader = true;
      });
    void this.options.locks
      .run("tokdesk.sound", forever)
      .then((isMine) => isMine || this.again.set(TAKEOVER_MS))
      .catch(() => this.again.set(TAKEOVER_MS));
  }
}

/** Of all that is one's own alone; other people's work makes no noise. */
export function titleOf(name: string, counts: Counts | null, count: (n: number) => string): string {
  const waiting = (counts?.mine ?? 0) + (counts?.mentions ?? 0);
  return `${waiting > 0 ? `(${count(waiting)}) ` : ""}${name} · TokDesk`;
}

/** Two short notes, made here: a sound file would be one more request. */
export function chime(): void {
  const context = new AudioContext();
  for (const [at, pitch] of [
    [0, 660],
    [0.12, 880],
  ] as const) {
    const [note, volume] = [context.createOscillator(), context.createGain()];
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(0.08, context.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + at + 0.25);
    note.connect(volume).connect(context.destination);
    note.start(context.currentTime + at);
    note.stop(context.currentTime + at + 0.3);
    // Browsers have few of them; the last note gives it back.
    if (at > 0) note.onended = () => void context.close();
  }
}
