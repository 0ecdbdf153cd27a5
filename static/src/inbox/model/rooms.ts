/** The rooms in which the company talks to itself, newest first. */

import { asApiError } from "../../core/errors";
import { newerOf } from "../../core/inbox";
import { Listeners } from "../../core/listeners";
import type { Conversation, Id, Kind } from "../../core/types";
import { comparison } from "../../core/view";
import type { InboxApi } from "../api";

const KINDS: readonly Kind[] = ["company", "department", "group", "direct"];
const byActivity = comparison("-last_activity_at");

export class Rooms {
  readonly onChange = new Listeners();
  private readonly rows = new Map<Id, Conversation>();
  private current: readonly Conversation[] | null = null;
  isLoaded = false;
  error: Error | null = null;

  constructor(private readonly api: Pick<InboxApi, "ofKind">) {}

  /** The same array until something changes. */
  get list(): readonly Conversation[] {
    this.current ??= [...this.rows.values()].sort(byActivity);
    return this.current;
  }

  /** Those who wait to be read. */
  get unread(): number {
    return this.list.filter((each) => each.unread > 0 || each.marked_unread).length;
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const read = (await Promise.all(KINDS.map((kind) => this.api.ofKind(kind)))).flat();
      const known = new Map(this.rows);
      this.rows.clear();
      for (const row of read) this.rows.set(row.id, newerOf(known.get(row.id), row));
      this.isLoaded = true;
    } catch (thrown) {
      this.error = asApiError(thrown);
    }
    this.changed();
  }

  tell(row: Conversation): void {
    if (row.kind === "customer") return;
    if (row.archived) this.rows.delete(row.id);
    else this.rows.set(row.id, row);
    this.changed();
  }

  gone(conv: Id): void {
    if (this.rows.delete(conv)) this.changed();
  }

  private changed(): void {
    this.current = null;
    this.onChange.tell();
  }
}

/** A direct room is called by whoever is at its other end. */
export function roomName(row: Conversation): string {
  return row.subject || row.department?.name || "";
}
