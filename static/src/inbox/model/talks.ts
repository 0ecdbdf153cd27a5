/** Conversations as wholes: read once, then kept as new as the rows that are told of. */

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

export class Talks {
  readonly onChange = new Listeners<[Id]>();
  private readonly all = new Map<Id, Talk>();

  constructor(private readonly api: Pick<InboxApi, "conversation">) {}

  /** The same object until something changes. */
  get(conv: Id): Talk {
    return this.all.get(conv) ?? UNKNOWN;
  }

  async load(conv: Id): Promise<void> {
    try {
      this.tellWhole(await this.api.conversation(conv));
    } catch (thrown) {
      this.become(conv, { error: asApiError(thrown) });
    }
  }

  /** A row as the server has it now. */
  tell(row: Conversation): void {
    const { row: known, whole } = this.get(row.id);
    // Rows come by several ways, and an older one may come late.
    const isStale =
      known !== null && (row.version < known.version || row.last_seq < known.last_seq);
    if (isStale) return;
    this.become(row.id, { row, whole: whole === null ? null : { ...whole, ...row } });
  }

  tellWhole(whole: ConversationWhole): void {
    this.become(whole.id, { row: whole, whole, error: null });
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

  private become(conv: Id, changes: Partial<Talk>): void {
    this.all.set(conv, { ...this.get(conv), ...changes });
    this.onChange.tell(conv);
  }
}
