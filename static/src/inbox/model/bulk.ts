/** One deed on many conversations: a job that is watched until it is over, and can be undone. */

import { Alarm, type Clock } from "../../core/clock";
import { asApiError } from "../../core/errors";
import { Listeners } from "../../core/listeners";
import type { Id } from "../../core/types";
import type { Deed, InboxApi, Job, Target } from "../api";

const LOOK_MS = 400;
const RETRY_MS = 2000;

export class Bulk {
  readonly onChange = new Listeners();
  readonly onError = new Listeners<[Error]>();
  /** It is over, or taken back. */
  readonly onEnd = new Listeners<[Job]>();
  /** The one that is watched. */
  job: Job | null = null;
  /** Those that are watched after it. */
  private readonly others: Job[] = [];
  private readonly look: Alarm;

  constructor(
    private readonly api: Pick<InboxApi, "bulk" | "job" | "undoJob">,
    clock: Clock,
  ) {
    this.look = new Alarm(clock, () => void this.read());
  }

  start(target: Target, deed: Deed): Promise<void> {
    return this.begin(async () => (await this.api.bulk(target, deed)).job);
  }

  undo(id: Id): Promise<void> {
    return this.begin(() => this.api.undoJob(id));
  }

  private async begin(ask: () => Promise<Job>): Promise<void> {
    try {
      this.hear(await ask());
    } catch (thrown) {
      this.onError.tell(asApiError(thrown));
    }
  }

  private async read(): Promise<void> {
    const { job } = this;
    if (job === null) return;
    try {
      this.hear(await this.api.job(job.id));
    } catch (thrown) {
      const error = asApiError(thrown);
      // It goes on without us; a network that is away for a moment is no reason to lose sight of it.
      if (error.isPassing) this.look.set(RETRY_MS);
      else {
        this.end(job);
        this.onError.tell(error);
      }
    }
  }

  private hear(job: Job): void {
    const isRunning = job.state === "running" || job.state === "undoing";
    if (!isRunning) {
      this.end(job);
      this.onEnd.tell(job);
      return;
    }
    if (this.job !== null && this.job.id !== job.id) this.others.push(this.job);
    this.watch(job);
  }

  private end({ id }: Job): void {
    const others = this.others.filter((each) => each.id !== id);
    this.others.splice(0, this.others.length, ...others);
    if (this.job === null || this.job.id === id) this.watch(this.others.shift() ?? null);
  }

  private watch(job: Job | null): void {
    this.job = job;
    if (job === null) this.look.clear();
    else this.look.set(LOOK_MS);
    this.onChange.tell();
  }
}
