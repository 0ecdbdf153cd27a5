/** Time as a parameter, so that tests need not wait. */

export type Timer = unknown;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  after(milliseconds: number, run: () => void): Timer;
  cancel(timer: Timer): void;
}

export function browserClock(): Clock {
  return {
    now: () => Date.now(),
    after: (milliseconds, run) => setTimeout(run, milliseconds),
    cancel: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  };
}

/** One timer that is set, moved and taken off; at most one run is due. */
export class Alarm {
  private timer: Timer = null;
  private dueAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly run: () => void,
  ) {}

  get isSet(): boolean {
    return this.timer !== null;
  }

  set(milliseconds: number): void {
    this.clear();
    this.dueAt = this.clock.now() + milliseconds;
    this.timer = this.clock.after(milliseconds, () => {
      this.timer = null;
      this.run();
    });
  }

  /** Like `set`, but never later than it is set to already. */
  within(milliseconds: number): void {
    if (!this.isSet || this.clock.now() + milliseconds < this.dueAt) this.set(milliseconds);
  }

  clear(): void {
    if (this.timer !== null) this.clock.cancel(this.timer);
    this.timer = null;
  }
}
