/** The conversations that were opened here: their windows, kept as new as the log. */

import type { Position } from "../../core/api";
import { type ApiError, asApiError } from "../../core/errors";
import type { Followers, FollowState } from "../../core/follower";
import { Listeners } from "../../core/listeners";
import {
  EMPTY_THREAD,
  lastSeq,
  opened,
  pinned,
  shown,
  type Thread,
  withAfter,
  withBefore,
  withEvents,
} from "../../core/thread";
import type { Id, LogEvent, MessagePage } from "../../core/types";
import type { InboxApi } from "../api";
import { Meanwhile } from "./meanwhile";

const PAGE = 50;
const MOST = 100;
const MOST_KEPT = 20;

export type Loading = "idle" | "loading" | "failed";

export interface OpenThread {
  readonly thread: Thread;
  readonly isLoaded: boolean;
  readonly loading: Loading;
  readonly older: Loading;
  readonly newer: Loading;
  readonly error: ApiError | null;
  readonly follow: FollowState;
  /** Why it is gone. */
  readonly code: string;
  /** Where the view is to go; a new object each time. */
  readonly target: Target | null;
}

export interface Target {
  readonly seq: number | "end" | "new";
}

const NOTHING: OpenThread = {
  thread: EMPTY_THREAD,
  isLoaded: false,
  loading: "idle",
  older: "idle",
  newer: "idle",
  error: null,
  follow: "catching_up",
  code: "",
  target: null,
};

export interface ThreadsOptions {
  api: Pick<InboxApi, "messages" | "events">;
  followers: Followers;
  me: Id;
}

export class Threads {
  readonly onChange = new Listeners<[Id]>();
  /** All that stands in a log now, told once and in order. */
  readonly onEvents = new Listeners<[Id, readonly LogEvent[]]>();
  private readonly all = new Map<Id, OpenThread>();
  private readonly places = new Map<Id, { seq: number; epoch: string }>();
  /** Of those that are followed. */
  private readonly meanwhile = new Map<Id, Meanwhile>();

  constructor(private readonly options: ThreadsOptions) {}

  /** The same object until something changes. */
  get(conv: Id): OpenThread {
    return this.all.get(conv) ?? NOTHING;
  }

  /** `unread` tells where the New divider goes, `at` which message a link points at. */
  open(conv: Id, unread: number, at: number | null = null): void {
    const known = this.all.get(conv);
    this.all.delete(conv);
    this.become(conv, { ...(known ?? NOTHING), loading: "idle", older: "idle", newer: "idle" });
    this.forgetOldest();
    const isFresh = known?.isLoaded === true && unread === 0 && at === null;
    if (isFresh) this.goTo(conv, "end");
    else void this.load(conv, unread, at);
    this.follow(conv);
  }

  leave(conv: Id): void {
    const place = this.options.followers.place(conv);
    if (place !== null) this.places.set(conv, place);
    this.options.followers.unfollow(conv);
    this.meanwhile.delete(conv);
    const { thread } = this.get(conv);
    if (this.all.has(conv)) this.become(conv, { thread: { ...thread, newFrom: null } });
  }

  async load(conv: Id, unread = 0, at: number | null = null): Promise<void> {
    this.become(conv, { loading: "loading", error: null });
    const limit = Math.min(MOST, Math.max(PAGE, unread + 10));
    const position = at === null ? {} : { around: at };
    try {
      const page = await this.options.api.messages(conv, position, limit);
      const thread = opened(page, at === null ? unread : 0);
      this.take(conv, thread, page, position);
      this.goTo(conv, at ?? (thread.newFrom === null ? "end" : "new"));
    } catch (thrown) {
      this.become(conv, { loading: "failed", error: asApiError(thrown) });
    }
  }

  async loadOlder(conv: Id): Promise<void> {
    const { thread, older } = this.get(conv);
    const before = thread.messages[0]?.seq;
    if (!thread.hasBefore || older === "loading" || before === undefined) return;
    this.become(conv, { older: "loading" });
    try {
      const page = await this.options.api.messages(conv, { before }, PAGE);
      const { thread: now } = this.get(conv);
      // Of a window that has gone on meanwhile it is not what stands before it.
      const isNext = now.messages[0]?.seq === before;
      this.become(conv, { thread: isNext ? withBefore(now, page) : now, older: "idle" });
      if (isNext) void this.loadLines(conv, page.results[0]?.seq, before);
    } catch {
      this.become(conv, { older: "failed" });
    }
  }

  async loadNewer(conv: Id): Promise<void> {
    const { thread, newer } = this.get(conv);
    if (!thread.hasAfter || newer === "loading") return;
    const after = lastSeq(thread);
    this.become(conv, { newer: "loading" });
    try {
      const page = await this.options.api.messages(conv, { after }, PAGE);
      const { thread: now } = this.get(conv);
      const isNext = lastSeq(now) === after;
      const grown = isNext ? this.withNewer(conv, now, page) : now;
      this.become(conv, { thread: grown, newer: "idle" });
      if (isNext) void this.loadLines(conv, after + 1, page.results.at(-1)?.seq);
    } catch {
      this.become(conv, { newer: "failed" });
    }
  }

  /** At the end of the log the page is older than what was said since it was read. */
  private withNewer(conv: Id, thread: Thread, page: MessagePage): Thread {
    const since = this.meanwhile.get(conv)?.after(page.head) ?? null;
    if (page.has_after || since === null) return withAfter(thread, { ...page, has_after: true });
    const { newBelow } = thread;
    return { ...withEvents(withAfter(thread, page), since, this.options.me), newBelow };
  }

  /** To the newest message, wherever the window is. */
  async toEnd(conv: Id): Promise<void> {
    if (this.get(conv).thread.hasAfter) await this.reread(conv);
    this.goTo(conv, "end");
  }

  async jumpTo(conv: Id, seq: number): Promise<void> {
    const { messages } = this.get(conv).thread;
    if (!messages.some((each) => each.seq === seq)) await this.reread(conv, { around: seq });
    this.goTo(conv, seq);
  }

  /** Told by the view. */
  pin(conv: Id, isAtEnd: boolean): void {
    const { thread } = this.get(conv);
    const next = pinned(thread, isAtEnd);
    if (next !== thread) this.become(conv, { thread: next });
  }

  private follow(conv: Id): void {
    const place = this.get(conv).isLoaded ? this.places.get(conv) : undefined;
    // Without a place the log begins with a reset, beside which the thread is being read.
    let isBeginning = place === undefined;
    this.meanwhile.set(conv, new Meanwhile(place?.seq));
    this.options.followers.follow(
      conv,
      {
        onEvents: (events) => this.heard(conv, events),
        onReset: (head) => {
          this.reset(conv, head, isBeginning);
          isBeginning = false;
        },
        onState: (follow, code) => this.become(conv, { follow, code }),
      },
      place,
    );
    this.become(conv, { follow: this.options.followers.state(conv) ?? "catching_up", code: "" });
  }

  private heard(conv: Id, events: readonly LogEvent[]): void {
    const { thread } = this.get(conv);
    this.meanwhile.get(conv)?.heard(events);
    this.become(conv, { thread: withEvents(thread, events, this.options.me) });
    this.onEvents.tell(conv, events);
  }

  /** The log goes on behind `head`; what was changed before that, nobody tells. */
  private reset(conv: Id, head: number, isBeginning: boolean): void {
    const { thread, isLoaded } = this.get(conv);
    this.meanwhile.get(conv)?.startAt(head);
    if (!isLoaded || (isBeginning && thread.head === head)) return;
    const middle = thread.messages[Math.floor(thread.messages.length / 2)]?.seq;
    const isElsewhere = thread.hasAfter && middle !== undefined;
    void this.reread(conv, isElsewhere ? { around: middle } : {});
  }

  private async reread(conv: Id, position: Position = {}): Promise<void> {
    try {
      const page = await this.options.api.messages(conv, position, PAGE);
      this.take(conv, shown(this.get(conv).thread, page), page, position);
    } catch (thrown) {
      this.become(conv, { loading: "failed", error: asApiError(thrown) });
    }
  }

  /** A page, and what was said since it was read. */
  private take(conv: Id, read: Thread, page: MessagePage, position: Position): void {
    const meanwhile = this.meanwhile.get(conv);
    const since = meanwhile?.after(page.head);
    const thread = withEvents(read, since ?? [], this.options.me);
    // Who has left before it came hears no more of it, so it is read again next time.
    this.become(conv, { thread, isLoaded: meanwhile !== undefined, loading: "idle" });
    if (since === null) void this.reread(conv, position);
    else void this.loadLines(conv);
  }

  /** What else happened between the messages; without it the thread is readable too. */
  private async loadLines(conv: Id, first?: number, last?: number): Promise<void> {
    const { messages, hasAfter } = this.get(conv).thread;
    const from = first ?? messages[0]?.seq;
    // Behind a window that is not at the end there may be a long log that nobody looks at.
    const to = last ?? (hasAfter ? (messages.at(-1)?.seq ?? 0) : Number.POSITIVE_INFINITY);
    if (from === undefined) return;
    let after = from - 1;
    try {
      while (after < to) {
        const page = await this.options.api.events(conv, after, null);
        const { thread } = this.get(conv);
        const lines = page.events.filter((each) => !each.type.startsWith("message."));
        this.become(conv, { thread: { ...withEvents(thread, lines), head: thread.head } });
        after = page.complete ? to : (page.events.at(-1)?.seq ?? to);
      }
    } catch {
      // Pruned, or out of reach.
    }
  }

  private goTo(conv: Id, seq: Target["seq"]): void {
    this.become(conv, { target: { seq } });
  }

  private become(conv: Id, changes: Partial<OpenThread>): void {
    this.all.set(conv, { ...this.get(conv), ...changes });
    this.onChange.tell(conv);
  }

  private forgetOldest(): void {
    for (const conv of [...this.all.keys()].slice(0, -MOST_KEPT)) {
      this.all.delete(conv);
      this.places.delete(conv);
    }
  }
}
