/**
 * The rows of one view: a snapshot by pages, kept as new as the server's by what it tells.
 * While somebody points at the list no row moves, comes or goes; what would is counted instead.
 */

import { Listeners } from "./listeners";
import type { Conversation, Id } from "./types";
import { comparison, type View } from "./view";

export interface InboxList {
  /** In the order that is shown. */
  readonly rows: readonly Conversation[];
  /** What `release` would move, bring or take away. */
  readonly updates: number;
  /** Nothing was read yet, so an empty list says nothing. */
  readonly isLoaded: boolean;
  readonly hasMore: boolean;
}

export class Inbox {
  readonly onChange = new Listeners();
  /** All that belongs to the view, as far as it was read. */
  private readonly rows = new Map<Id, Conversation>();
  /** Rows that have left while the list is held. */
  private readonly left = new Map<Id, Conversation>();
  private order: Id[] = [];
  private readonly touched = new Set<Id>();
  private isHeld = false;
  private isLoaded = false;
  private hasMore = false;
  private current: InboxList | null = null;
  private readonly compare: (a: Conversation, b: Conversation) => number;

  constructor(readonly view: View) {
    this.compare = comparison(view.order);
  }

  /** The same object until something changes. */
  get list(): InboxList {
    this.current ??= {
      rows: this.order.flatMap((id) => this.rows.get(id) ?? this.left.get(id) ?? []),
      updates: this.touched.size,
      isLoaded: this.isLoaded,
      hasMore: this.hasMore,
    };
    return this.current;
  }

  row(id: Id): Conversation | null {
    return this.rows.get(id) ?? null;
  }

  /** The first pages, read anew: what they do not name is not there, but what is newer stays. */
  replace(
    rows: readonly Conversation[],
    hasMore: boolean,
    told: readonly Conversation[] = [],
  ): void {
    const before = [...this.rows.keys()];
    const known = this.isLoaded ? new Map(this.rows) : new Map<Id, Conversation>();
    this.rows.clear();
    for (const row of rows) this.rows.set(row.id, newerOf(known.get(row.id), row));
    this.isLoaded = true;
    this.hasMore = hasMore;
    for (const row of told) this.store(row);
    for (const id of new Set([...before, ...this.rows.keys()])) this.moved(id, known.get(id));
    this.changed();
  }

  /** One more page at the end. */
  append(rows: readonly Conversation[], hasMore: boolean): void {
    this.hasMore = hasMore;
    for (const row of rows) {
      if (!this.rows.has(row.id)) this.order.push(row.id);
      this.rows.set(row.id, newerOf(this.rows.get(row.id), row));
    }
    this.changed();
  }

  /** A row as the server has it now. */
  tell(row: Conversation): void {
    const before = this.rows.get(row.id);
    this.store(row);
    this.moved(row.id, before);
    this.changed();
  }

  /** It is out of sight. */
  gone(id: Id): void {
    const before = this.rows.get(id);
    this.rows.delete(id);
    this.moved(id, before);
    this.changed();
  }

  /** Our own act took it away: it leaves at once, also while the list is held. */
  leave(id: Id): void {
    this.rows.delete(id);
    this.left.delete(id);
    this.touched.delete(id);
    this.order = this.order.filter((each) => each !== id);
    this.changed();
  }

  /** Somebody points at the list, or moves in it with the keyboard. */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    this.changed();
  }

  /** Show what has gathered, though the list is held. */
  showUpdates(): void {
    this.arrange();
    this.current = null;
    this.onChange.tell();
  }

  /** Nothing that is known may be true any more; it stays on the screen until it is read anew. */
  forget(): void {
    this.isLoaded = false;
    this.changed();
  }

  // Parts

  private store(row: Conversation): void {
    const known = this.rows.get(row.id);
    if (known !== undefined && newerOf(known, row) === known) return;
    if (this.belongs(row, known)) this.rows.set(row.id, row);
    else this.rows.delete(row.id);
  }

  private belongs(row: Conversation, known: Conversation | undefined): boolean {
    const { matches } = this.view;
    if (matches === null) return known !== undefined;
    return matches(row) && (known !== undefined || this.isInReach(row));
  }

  /** Behind the last one that was read there are others, which nobody here knows. */
  private isInReach(row: Conversation): boolean {
    if (!this.isLoaded) return false;
    if (!this.hasMore) return true;
    return [...this.rows.values()].some((each) => this.compare(row, each) < 0);
  }

  private moved(id: Id, before: Conversation | undefined): void {
    const row = this.rows.get(id);
    if (row === undefined && before !== undefined) this.left.set(id, before);
    if (row !== undefined) this.left.delete(id);
    const isShown = this.order.includes(id);
    const isSame = row !== undefined && before !== undefined && this.compare(row, before) === 0;
    if (isShown === (row !== undefined) && (isSame || row === undefined)) {
      if (!isShown) this.touched.delete(id);
      return;
    }
    this.touched.add(id);
  }

  private changed(): void {
    if (!this.isHeld) this.arrange();
    this.current = null;
    this.onChange.tell();
  }

  private arrange(): void {
    this.touched.clear();
    this.left.clear();
    this.order = [...this.rows.values()].sort(this.compare).map((row) => row.id);
  }
}

/** Rows come by several ways; what is known of a longer log is newer. */
export function newerOf(known: Conversation | undefined, told: Conversation): Conversation {
  return known !== undefined && known.last_seq > told.last_seq ? known : told;
}
