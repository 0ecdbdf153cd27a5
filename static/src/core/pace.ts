/** Frames go out no faster than the server takes them; the others wait their turn. */

import { Alarm, type Clock } from "./clock";

/** Other frames than these cost something too, and clocks differ. */
const RESERVE = 4;

export class Pace {
  private waiting: (() => boolean)[] = [];
  private left = 1;
  private rate = 1;
  private most = 1;
  private filledAt = 0;
  private readonly alarm: Alarm;

  constructor(private readonly clock: Clock) {
    this.alarm = new Alarm(clock, () => this.flow());
  }

  /** A new connection begins with a full bucket and nothing that waits. */
  begin(framesPerSecond: number, burst: number): void {
    this.stop();
    this.rate = Math.max(1, framesPerSecond);
    this.left = this.most = Math.max(1, burst - RESERVE);
    this.filledAt = this.clock.now();
  }

  /** `send` tells whether it sent; what nobody wants any more costs nothing. */
  push(send: () => boolean): void {
    this.waiting.push(send);
    this.flow();
  }

  /** The server says that it was too much. */
  pause(seconds: number): void {
    this.left = -seconds * this.rate;
    this.filledAt = this.clock.now();
  }

  stop(): void {
    this.waiting = [];
    this.alarm.clear();
  }

  private flow(): void {
    const now = this.clock.now();
    this.left = Math.min(this.most, this.left + ((now - this.filledAt) / 1000) * this.rate);
    this.filledAt = now;
    while (this.waiting.length > 0 && this.left >= 1) {
      if (this.waiting.shift()?.()) this.left -= 1;
    }
    if (this.waiting.length > 0) {
      this.alarm.set(Math.ceil(((1 - this.left) / this.rate) * 1000));
    }
  }
}
