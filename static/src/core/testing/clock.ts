import type { Clock, Timer } from "../clock";

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  private timers: { at: number; number: number; run: () => void }[] = [];
  private number = 0;

  constructor(private time = 1_000_000) {}

  now = (): number => this.time;

  after = (milliseconds: number, run: () => void): Timer => {
    this.timers.push({ at: this.time + milliseconds, number: ++this.number, run });
    return this.number;
  };

  cancel = (timer: Timer): void => {
    this.timers = this.timers.filter((each) => each.number !== timer);
  };

  /** Run what falls due meanwhile, in order, and let promises settle after each. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.time + milliseconds;
    await settled();
    for (;;) {
      const next = this.timers
        .filter((each) => each.at <= until)
        .sort((a, b) => a.at - b.at || a.number - b.number)[0];
      if (next === undefined) break;
      this.cancel(next.number);
      this.time = Math.max(this.time, next.at);
      next.run();
      await settled();
    }
    this.time = until;
    await settled();
  }

  /** Milliseconds until each timer, soonest first. */
  get due(): number[] {
    return this.timers.map((each) => each.at - this.time).sort((a, b) => a - b);
  }
}

/** Until promises that wait for nothing else are through. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}
