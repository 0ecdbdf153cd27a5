/**
 * What is being said: kept from before the first try until it is seen in the log.
 *
 * Each message has a key of its own in storage, named by its `client_id`, a UUIDv7: so tabs never
 * write over each other, and the order of the keys is the order of writing.
 */

import { Alarm, type Clock } from "./clock";
import { type ApiError, asApiError, isObject, newerReplyOf } from "./errors";
import { Listeners } from "./listeners";
import type { Locks } from "./locks";
import type { Surroundings } from "./page";
import type { Store } from "./store";
import type { FieldFault, Id, Message, NewMessage } from "./types";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Another tab sends; it may die over it. */
const LOCKED_PAUSE_MS = 2000;
/** Sent, but never seen in the log here: the conversation is not open. */
const KEPT_MS = 60_000;

/** Where the next message of a conversation goes; `wait` until `flush` is called. */
export type Way = "socket" | "rest" | "wait";
export type OutgoingState = "queued" | "sending" | "sent" | "failed";

/** Why the server will not have it. */
export interface Reason {
  readonly code: string;
  readonly detail: string;
  readonly errors: Record<string, FieldFault[]>;
  /** Who has answered meanwhile, where that is the reason. */
  readonly newer: Message | null;
}

/** Where it stands in the log. */
export interface Place {
  readonly id: Id;
  readonly seq: number;
}

/** What is to become of the conversation as soon as this was said there, and not before. */
export type After = "resolve" | "snooze";

export interface Outgoing {
  readonly conv: Id;
  readonly message: NewMessage;
  readonly after: After | null;
  readonly writtenAt: number;
  readonly tries: number;
  readonly reason: Reason | null;
  /** And since when it is known to. */
  readonly place: (Place & { readonly at: number }) | null;
  readonly state: OutgoingState;
}

export interface OutboxOptions {
  store: Store;
  clock: Clock;
  locks: Locks;
  page: Surroundings;
  newId: () => Id;
  way: (conv: Id) => Way;
  send: (way: "socket" | "rest", conv: Id, message: NewMessage) => Promise<Place>;
  chance?: () => number;
}

export class Outbox {
  readonly onChange = new Listeners<[Id]>();
  /** The server will not have it; somebody must decide what becomes of it. */
  readonly onFailed = new Listeners<[Outgoing]>();
  /** It stands in the log; told once, by the tab that learns it first. */
  readonly onSaid = new Listeners<[Outgoing]>();
  private readonly items = new Map<Id, Outgoing>();
  private readonly lists = new Map<Id, readonly Outgoing[]>();
  /** Of which storage knows: what vanishes from there was finished by another tab. */
  private readonly kept = new Set<Id>();
  private readonly pauses = new Map<Id, { until: number; failures: number }>();
  private readonly draining = new Set<Id>();
  private readonly again: Alarm;
  private readonly offs: (() => void)[];

  constructor(private readonly options: OutboxOptions) {
    const { store, page, clock } = options;
    this.again = new Alarm(clock, () => this.flush());
    this.offs = [
      page.on("online", () => this.hurry()),
      page.onStorage((key) => {
        if (key === null || store.own(key) !== null) {
          this.load();
          this.flush();
        }
      }),
    ];
    this.load();
  }

  close(): void {
    for (const off of this.offs) off();
    this.again.clear();
  }

  /** In the order of writing; the same array until something changes. */
  list(conv: Id): readonly Outgoing[] {
    const known = this.lists.get(conv);
    if (known !== undefined) return known;
    const found = [...this.items.values()].filter((each) => each.conv === conv);
    found.sort((a, b) => (a.message.client_id < b.message.client_id ? -1 : 1));
    this.lists.set(conv, found);
    return found;
  }

  /** What was refused, here or before a reload, in whatever conversation. */
  get failed(): readonly Outgoing[] {
    return [...this.items.values()].filter((each) => each.state === "failed");
  }

  put(conv: Id, message: Omit<NewMessage, "client_id">, after: After | null = null): Outgoing {
    const item: Outgoing = {
      conv,
      message: { ...message, client_id: this.options.newId() },
      after,
      writtenAt: this.options.clock.now(),
      tries: 0,
      reason: null,
      place: null,
      state: "queued",
    };
    this.set(item);
    void this.drain(conv);
    return item;
  }

  /** Again what failed; with what was seen meanwhile, where that is why. */
  retry(clientId: Id, seenSeq?: number): boolean {
    const item = this.items.get(clientId);
    if (item?.state !== "failed") return false;
    const message = { ...item.message, ...(seenSeq === undefined ? {} : { seen_seq: seenSeq }) };
    if (item.reason?.code === "client_id_reused") {
      // Under this id the server has another message, so it will never take this one.
      this.drop(item);
      message.client_id = this.options.newId();
    }
    this.set({ ...item, message, reason: null, state: "queued" });
    void this.drain(item.conv);
    return true;
  }

  /** Other words for what the server has surely not taken; they go out by `retry`. */
  edit(clientId: Id, body: string): boolean {
    const item = this.items.get(clientId);
    if (item === undefined || !isUnsaid(item)) return false;
    this.set({ ...item, message: { ...item.message, body } });
    return true;
  }

  /** What the server has surely not taken is not said at all. */
  discard(clientId: Id): boolean {
    const item = this.items.get(clientId);
    if (item === undefined || !isUnsaid(item)) return false;
    this.drop(item);
    return true;
  }

  /** It stands in the log, whether or not anybody acknowledged it. */
  seen(clientId: Id): void {
    const item = this.items.get(clientId);
    if (item === undefined) return;
    const isNews = item.state !== "sent" && !this.isFinishedElsewhere(item);
    this.drop(item);
    if (isNews) this.onSaid.tell(item);
  }

  /** The way may be free now. */
  flush(): void {
    for (const conv of new Set([...this.items.values()].map((each) => each.conv))) {
      void this.drain(conv);
    }
  }

  /** The same, and pauses are over: the network is back. */
  hurry(): void {
    this.pauses.clear();
    this.flush();
  }

  // Sending

  private async drain(conv: Id): Promise<void> {
    if (this.draining.has(conv) || !this.isDue(conv)) return;
    this.draining.add(conv);
    const { locks, store } = this.options;
    const name = `${store.prefix}${conv}`;
    const isDone = await locks.run(name, () => this.sendAll(conv)).catch(() => false);
    this.draining.delete(conv);
    // What was put while the lock was given back goes now; what another tab sends, later.
    if (isDone) void this.drain(conv);
    else this.again.within(LOCKED_PAUSE_MS);
  }

  private async sendAll(conv: Id): Promise<void> {
    // Another tab may have sent some of it before it gave the lock away.
    this.load();
    while (this.isDue(conv)) {
      const item = this.next(conv);
      const way = this.options.way(conv);
      if (item === undefined || way === "wait") return;
      await this.sendOne(item, way);
    }
  }

  private async sendOne(item: Outgoing, way: "socket" | "rest"): Promise<void> {
    const tried: Outgoing = { ...item, tries: item.tries + 1, state: "sending" };
    this.set(tried);
    try {
      const { id, seq } = await this.options.send(way, item.conv, item.message);
      this.pauses.delete(item.conv);
      const place = { id, seq, at: this.options.clock.now() };
      if (this.isFinishedElsewhere(tried)) this.drop(tried);
      else if (this.settle(tried, { place, state: "sent" })) this.onSaid.tell(tried);
    } catch (thrown) {
      const error = asApiError(thrown);
      if (error.isPassing) this.postpone(tried, error);
      else this.refuse(tried, reasonOf(error));
    }
  }

  /** Whether it did; not where its echo came before the answer. */
  private settle(item: Outgoing, changes: Partial<Outgoing>): boolean {
    if (!this.items.has(item.message.client_id)) return false;
    this.set({ ...item, ...changes });
    return true;
  }

  /** Another tab has seen it in the log. */
  private isFinishedElsewhere({ message: { client_id: id } }: Outgoing): boolean {
    return this.kept.has(id) && this.options.store.read(id) === undefined;
  }

  private refuse(item: Outgoing, reason: Reason): void {
    this.settle(item, { reason, state: "failed" });
    const failed = this.items.get(item.message.client_id);
    if (failed?.state === "failed") this.onFailed.tell(failed);
  }

  private postpone(item: Outgoing, error: ApiError): void {
    const { clock, chance = Math.random } = this.options;
    const failures = this.pauses.get(item.conv)?.failures ?? 0;
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
    const pause = Math.max(chance() * longest, (error.retryAfter ?? 0) * 1000);
    this.pauses.set(item.conv, { until: clock.now() + pause, failures: failures + 1 });
    this.again.within(pause);
    this.settle(item, { state: "queued" });
  }

  private next(conv: Id): Outgoing | undefined {
    return this.list(conv).find((each) => each.state === "queued");
  }

  private isDue(conv: Id): boolean {
    const { clock, way } = this.options;
    const isPaused = (this.pauses.get(conv)?.until ?? 0) > clock.now();
    return !isPaused && this.next(conv) !== undefined && way(conv) !== "wait";
  }

  // Keeping

  private set(item: Outgoing): void {
    const { client_id: id } = item.message;
    this.items.set(id, item);
    const { state: _, ...stored } = item;
    if (this.options.store.write(id, stored)) this.kept.add(id);
    this.changed(item.conv);
  }

  private drop(item: Outgoing): void {
    const { client_id: id } = item.message;
    this.items.delete(id);
    this.kept.delete(id);
    this.options.store.remove(id);
    this.changed(item.conv);
  }

  private changed(conv: Id): void {
    this.lists.delete(conv);
    this.onChange.tell(conv);
  }

  /** What storage has now: from before a reload, or from other tabs. */
  private load(): void {
    const { store, clock } = this.options;
    const ids = new Set(store.keys());
    for (const id of ids) this.loadOne(id, readItem(store.read(id)));
    for (const item of [...this.items.values()]) {
      const { client_id: id } = item.message;
      const isFinished = this.kept.has(id) && !ids.has(id) && item.state !== "sending";
      const isOld = item.place !== null && clock.now() - item.place.at > KEPT_MS;
      if (isFinished || isOld) this.drop(item);
    }
  }

  private loadOne(id: Id, stored: Outgoing | null): void {
    const known = this.items.get(id);
    if (stored === null || stored.message.client_id !== id || known?.state === "sending") return;
    this.kept.add(id);
    if (JSON.stringify(known) === JSON.stringify(stored)) return;
    this.items.set(id, stored);
    this.changed(stored.conv);
  }
}

/** Refused, or never tried: what was tried may have arrived, though its answer did not. */
function isUnsaid({ state, tries }: Outgoing): boolean {
  return state === "failed" || (state === "queued" && tries === 0);
}

function reasonOf(error: ApiError): Reason {
  const { code, detail, errors } = error;
  return { code, detail, errors, newer: newerReplyOf(error) };
}

/** Storage may hold anything. */
function readItem(value: unknown): Outgoing | null {
  if (!isObject(value) || !isObject(value.message) || typeof value.conv !== "string") return null;
  const { client_id: id, body } = value.message;
  if (typeof id !== "string" || typeof body !== "string") return null;
  const reason = isObject(value.reason) ? (value.reason as unknown as Reason) : null;
  const place = isObject(value.place) ? (value.place as unknown as Outgoing["place"]) : null;
  return {
    conv: value.conv,
    message: value.message as unknown as NewMessage,
    after: value.after === "resolve" || value.after === "snooze" ? value.after : null,
    writtenAt: Number(value.writtenAt) || 0,
    tries: Number(value.tries) || 0,
    reason,
    place,
    state: place ? "sent" : reason ? "failed" : "queued",
  };
}
