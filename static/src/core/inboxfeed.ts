/** Keeps the inbox and its counts as new as the server's: snapshot, then what it tells. */

import type { Api } from "./api";
import { Alarm, type Clock } from "./clock";
import { asApiError } from "./errors";
import type { Inbox } from "./inbox";
import { Listeners } from "./listeners";
import type { LiveSocket } from "./socket";
import type { Conversation, Counts, Id, InboxOkFrame, Moment, Page, ServerFrame } from "./types";

const PAGE = 50;
const RETRY_MS = 2000;

export interface InboxFeedOptions {
  socket: LiveSocket;
  api: Pick<Api, "conversations" | "more">;
  clock: Clock;
  /** What the page brought with it. */
  counts?: Counts;
  /** Since when, in which lineage, something may have changed of what the page brought. */
  since?: InboxPlace;
}

export interface InboxPlace {
  as_of: Moment;
  epoch: string;
}

export class InboxFeed {
  readonly onCounts = new Listeners<[Counts]>();
  /** Any row that is told of, whatever view it belongs to. */
  readonly onRow = new Listeners<[Conversation]>();
  readonly onGone = new Listeners<[Id]>();
  /** Something may have been missed: all that is known of rows is to be read anew. */
  readonly onResync = new Listeners();
  /** The list could not be read; it is tried again. */
  readonly onError = new Listeners<[Error]>();
  counts: Counts | null;

  private inbox: Inbox | null = null;
  private next: string | null = null;
  /** Told while a snapshot was on its way: it may be newer than that. */
  private told: Conversation[] = [];
  private goneMeanwhile = new Set<Id>();
  private since: InboxPlace | null;
  private reading: AbortController | null = null;
  private isLoadingMore = false;
  private readonly readAgain: Alarm;
  private readonly askAgain: Alarm;
  private readonly offs: (() => void)[];

  constructor(private readonly options: InboxFeedOptions) {
    const { socket, clock } = options;
    this.counts = options.counts ?? null;
    this.since = options.since ?? null;
    this.readAgain = new Alarm(clock, () => void this.read());
    this.askAgain = new Alarm(clock, () => void this.ask());
    this.offs = [
      socket.onReady.add(() => void this.ask()),
      socket.onFrame.add((frame) => this.hear(frame)),
    ];
    void this.ask();
  }

  /** Show this view; the rows that the page brought need not be read. */
  show(inbox: Inbox, brought?: Page<Conversation>): void {
    if (inbox !== this.inbox) this.next = null;
    this.inbox = inbox;
    if (brought === undefined) void this.read();
    else this.take(brought);
  }

  async loadMore(): Promise<void> {
    const { inbox, next } = this;
    if (inbox === null || next === null || this.isLoadingMore) return;
    this.isLoadingMore = true;
    try {
      const page = await this.options.api.more<Conversation>(next);
      if (inbox !== this.inbox || next !== this.next) return;
      this.next = page.next;
      inbox.append(page.results, page.next !== null);
    } catch (error) {
      this.onError.tell(asApiError(error));
    } finally {
      this.isLoadingMore = false;
    }
  }

  /** The whole list anew, as far as it was shown. */
  refresh(): void {
    void this.read();
  }

  close(): void {
    for (const off of this.offs) off();
    this.reading?.abort();
    this.readAgain.clear();
    this.askAgain.clear();
  }

  private hear(frame: ServerFrame): void {
    if (frame.op === "inbox") this.showRow(frame.conversation);
    else if (frame.op === "inbox_gone") this.gone(frame.conv);
    else if (frame.op === "counts") {
      const { op: _, ...counts } = frame;
      this.count(counts);
    } else if (frame.op === "resync" && frame.conv === null && frame.ref === undefined) {
      this.startOver();
    }
  }

  private async ask(): Promise<void> {
    const { socket } = this.options;
    if (!socket.isReady) return;
    this.askAgain.clear();
    const { as_of: since, epoch } = this.since ?? {};
    const named = since && epoch ? { since, epoch } : {};
    try {
      const answer = await socket.ask({ op: "sub_inbox", ...named });
      if (answer.op === "resync") this.startOver();
      else this.answered(answer, Boolean(since));
    } catch (error) {
      if (asApiError(error).isPassing) this.askAgain.set(RETRY_MS);
    }
  }

  private answered(answer: InboxOkFrame, isResumed: boolean): void {
    this.since = { as_of: answer.as_of, epoch: answer.epoch };
    this.count(answer.counts);
    for (const row of answer.changed) this.showRow(row);
    // Rows that went out of sight while nobody listened are not told of.
    if (isResumed) void this.read();
  }

  private startOver(): void {
    this.since = null;
    this.inbox?.forget();
    this.onResync.tell();
    void this.ask();
    void this.read();
  }

  private showRow(row: Conversation): void {
    if (this.reading !== null) this.told.push(row);
    this.goneMeanwhile.delete(row.id);
    this.inbox?.tell(row);
    this.onRow.tell(row);
  }

  private gone(conv: Id): void {
    this.goneMeanwhile.add(conv);
    this.told = this.told.filter((each) => each.id !== conv);
    this.inbox?.gone(conv);
    this.onGone.tell(conv);
  }

  private count(counts: Counts): void {
    this.counts = counts;
    this.onCounts.tell(counts);
  }

  private async read(): Promise<void> {
    const { inbox } = this;
    if (inbox === null) return;
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    this.readAgain.clear();
    this.told = [];
    this.goneMeanwhile.clear();
    try {
      const page = await this.readShown(inbox, reading.signal);
      if (reading === this.reading) this.take(page);
    } catch (error) {
      if (reading !== this.reading || reading.signal.aborted) return;
      this.onError.tell(asApiError(error));
      this.readAgain.set(RETRY_MS);
    } finally {
      if (reading === this.reading) this.reading = null;
    }
  }

  /** As many rows as are shown already, so that the list does not get shorter. */
  private async readShown(inbox: Inbox, signal: AbortSignal): Promise<Page<Conversation>> {
    const wanted = inbox.list.rows.length;
    const { query, order } = inbox.view;
    const { api } = this.options;
    let page = await api.conversations({ ...query, ordering: order, limit: PAGE }, signal);
    const results = [...page.results];
    while (page.next !== null && results.length < wanted) {
      page = await api.more<Conversation>(page.next, signal);
      results.push(...page.results);
    }
    return { ...page, results };
  }

  private take(page: Page<Conversation>): void {
    const rows = page.results.filter((row) => !this.goneMeanwhile.has(row.id));
    this.next = page.next;
    this.inbox?.replace(rows, page.next !== null, this.told);
    this.told = [];
  }
}
