/** Whether one is there, as colleagues see it: chosen, or away by itself when nobody touches a key. */

import { Alarm, type Clock } from "../../core/clock";
import { asApiError } from "../../core/errors";
import { Listeners } from "../../core/listeners";
import type { Store } from "../../core/store";
import type { Availability } from "../../core/types";
import type { InboxApi } from "../api";

const IDLE_MS = 10 * 60_000;
/** So often other tabs are told that somebody is here. */
const TELL_MS = 30_000;

export class Standing {
  readonly onChange = new Listeners();
  readonly onError = new Listeners<[Error]>();
  private isAwayByItself = false;
  private toldAt = Number.NEGATIVE_INFINITY;
  private readonly idle: Alarm;

  constructor(
    private readonly api: Pick<InboxApi, "changeMe">,
    private readonly clock: Clock,
    /** Shared with one's other tabs. */
    private readonly store: Store,
    public state: Availability,
  ) {
    this.idle = new Alarm(clock, () => this.leave());
  }

  /** Whoever opens the inbox is there, unless they have chosen otherwise. */
  start(): void {
    if (this.state === "offline") void this.become("online");
    this.active();
  }

  choose(state: Availability): void {
    this.isAwayByItself = false;
    void this.become(state);
  }

  /** A key or a pointer was moved. */
  active(): void {
    this.idle.set(IDLE_MS);
    const now = this.clock.now();
    if (this.isAwayByItself || now - this.toldAt >= TELL_MS) {
      this.toldAt = now;
      this.store.write("active", now);
    }
    if (!this.isAwayByItself) return;
    this.isAwayByItself = false;
    void this.become("online");
  }

  private leave(): void {
    if (this.state !== "online") return;
    const elsewhere = Number(this.store.read("active")) || 0;
    const left = elsewhere + IDLE_MS - this.clock.now();
    if (left > 0 && elsewhere > this.toldAt) {
      this.idle.set(left);
      return;
    }
    this.isAwayByItself = true;
    void this.become("away");
  }

  private async become(state: Availability): Promise<void> {
    const before = this.state;
    this.show(state);
    try {
      await this.api.changeMe({ availability: state });
    } catch (thrown) {
      this.show(before);
      this.onError.tell(asApiError(thrown));
    }
  }

  private show(state: Availability): void {
    this.state = state;
    this.onChange.tell();
  }
}
