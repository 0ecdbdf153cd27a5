/** Conversations as wholes: read once, then kept as new as the rows that are told of. */

import { Alarm, type Clock } from "../../core/clock";
import { type ApiError, asApiError } from "../../core/errors";
import { Listeners } from "../../core/listeners";
import type { Conversation, ConversationWhole, Id } from "../../core/types";
import type { InboxApi } from "../api";

export interface Talk {
  /** What is known so far; a row of a list where the rest is on its way. */
  readonly row: Conversation | null;
  readonly whole: ConversationWhole | null;
  readonly error: ApiError | null;
}

const UNKNOWN: Talk = { row: null, whole: null, error: null };
const RETRY_MS = 5000;

export class Talks {
  readonly onChange = new Listeners<[Id]>();
  private readonly all = new Map<Id, Talk>();
  /** Known, but not as new as they could be. */
  private readonly stale = new Set<Id>();
  private readonly again: Alarm;

  constructor(
    private readonly api: Pick<InboxApi, "conversation">,
    clock: Clock,
  ) {
    this.again = new Alarm(clock, () => {
      for (const conv of this.stale) void this.load(conv);
    });
  }

  /** The same object until something changes. */
  get(conv: Id): Talk {
    return this.all.get(conv) ?? UNKNOWN;
  }

  async load(conv: Id): Promise<void> {
    try {
      this.tellWhole(await this.api.conversation(conv));
    } catch (thrown) {
      this.failed(conv, asApiError(thrown));
    }
  }

  /** A row as the server has it now. */
  tell(row: Conversation): void {
    const { row: known, whole } = this.get(row.id);
    if (known !== null && isOlder(row, known)) return;
    this.become(row.id, { row, whole: whole === null ? null : { ...whole, ...row } });
  }

  tellWhole(whole: ConversationWhole): void {
    const { row: known } = this.get(whole.id);
    const row = known !== null && isOlder(whole, known) ? known : whole;
    this.stale.delete(whole.id);
    this.become(whole.id, { row, whole: { ...whole, ...row }, error: null });
  }

  /** Shown before the server agrees. */
  guess(conv: Id, changes: Partial<ConversationWhole>): void {
    const { row, whole } = this.get(conv);
    if (row === null) return;
    this.become(conv, {
      row: { ...row, ...changes },
      whole: whole === null ? null : { ...whole, ...changes },
    });
  }

  gone(conv: Id, error: ApiError): void {
    this.become(conv, { error });
  }

  /** What is known stays on the screen, unless one must not see it. */
  private failed(conv: Id, error: ApiError): void {
    const isDenied = error.status === 403 || error.status === 404;
    this.stale.delete(conv);
    if (isDenied || this.get(conv).row === null) this.become(conv, { error });
    else if (error.isPassing) {
      this.stale.add(conv);
      this.again.within(RETRY_MS);
    }
  }

  private become(conv: Id, changes: Partial<Talk>): void {
    this.all.set(conv, { ...this.get(conv), ...changes });
    this.onChange.tell(conv);
  }
}

/** Rows come by several ways, and an older one may come late. */
function isOlder(row: Conversation, known: Conversation): boolean {
  return row.version < known.version || row.last_seq < known.last_seq;
}
