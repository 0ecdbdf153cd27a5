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
  job: Job | null = null;
  private readonly look: Alarm;

  constructor(
    private readonly api: Pick<InboxApi, "bulk" | "job" | "undoJob">,
    clock: Clock,
  ) {
    this.look = new Alarm(clock, () => void this.follow(() => this.read()));
  }

  start(target: Target, deed: Deed): Promise<void> {
    return this.follow(async () => (await this.api.bulk(target, deed)).job);
  }

  undo(id: Id): Promise<void> {
    return this.follow(() => this.api.undoJob(id));
  }

  private read(): Promise<Job> {
    return this.api.job(this.job?.id ?? "");
  }

  private async follow(ask: () => Promise<Job>): Promise<void> {
    try {
      this.become(await ask());
    } catch (thrown) {
      const error = asApiError(thrown);
      // It goes on without us; a network that is away for a moment is no reason to lose sight of it.
      if (this.job !== null && error.isPassing) {
        this.look.set(RETRY_MS);
        return;
      }
      this.become(null);
      this.onError.tell(error);
    }
  }

  private become(job: Job | null): void {
    const isRunning = job?.state === "running" || job?.state === "undoing";
    this.job = isRunning ? job : null;
    if (isRunning) this.look.set(LOOK_MS);
    else if (job !== null) this.onEnd.tell(job);
    this.onChange.tell();
  }
}
