/** Questions that wait for their answers, each by its `ref`. */

import type { Clock } from "./clock";
import { ApiError, TIMEOUT } from "./errors";
import type { ErrFrame, NackFrame, ServerFrame } from "./types";

const PATIENCE_MS = 10_000;

interface Pending {
  resolve: (frame: ServerFrame) => void;
  reject: (error: ApiError) => void;
}

export class Questions {
  private asked = 0;
  private readonly pending = new Map<string, Pending>();

  constructor(private readonly clock: Clock) {}

  /** Its `ref`, and the answer; rejects with ApiError: refused, too late, or taken back. */
  open(): { ref: string; answer: Promise<ServerFrame> } {
    const ref = `r${++this.asked}`;
    const late = () => this.settle(ref)?.reject(new ApiError({ code: TIMEOUT }));
    const timer = this.clock.after(PATIENCE_MS, late);
    const answer = new Promise<ServerFrame>((resolve, reject) => {
      this.pending.set(ref, { resolve, reject });
    }).finally(() => this.clock.cancel(timer));
    return { ref, answer };
  }

  isOpen(ref: string): boolean {
    return this.pending.has(ref);
  }

  heard(frame: ServerFrame): void {
    const ref = "ref" in frame ? frame.ref : undefined;
    const pending = ref === undefined ? undefined : this.settle(ref);
    if (frame.op === "err" || frame.op === "nack") pending?.reject(refusalOf(frame));
    else pending?.resolve(frame);
  }

  rejectAll(error: ApiError): void {
    const all = [...this.pending.values()];
    this.pending.clear();
    for (const each of all) each.reject(error);
  }

  private settle(ref: string): Pending | undefined {
    const pending = this.pending.get(ref);
    this.pending.delete(ref);
    return pending;
  }
}

/** What a frame refuses, as a request would have it. */
function refusalOf(frame: ErrFrame | NackFrame): ApiError {
  const isNack = frame.op === "nack";
  return new ApiError({
    code: frame.code,
    detail: frame.detail ?? "",
    retryAfter: frame.retry_after ?? null,
    errors: (isNack && frame.errors) || {},
    extra: isNack && frame.message ? { message: frame.message } : {},
  });
}
