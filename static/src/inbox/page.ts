/** The page: where one is in the inbox, what is open there, and what can be done. */

import { Actions, type Scope } from "../core/actions";
import { ApiError, asApiError } from "../core/errors";
import { Keymap } from "../core/keymap";
import { Listeners } from "../core/listeners";
import type { Outgoing } from "../core/outbox";
import { lastSeq, type Thread } from "../core/thread";
import type { Conversation, Id } from "../core/types";
import type { Ordering } from "../core/view";
import { register } from "./actions/all";
import type { Deed, Job } from "./api";
import type { Desk } from "./desk";
import { Bulk } from "./model/bulk";
import { Deeds } from "./model/deeds";
import { type Place, pathOf } from "./model/place";
import { Speaking } from "./model/speaking";
import type { Talk } from "./model/talks";
import { makeUi, setMode, toast, type Ui } from "./model/ui";
import { type Filters, filtersOf, usualOrder, viewOf } from "./model/views";

const NUMBER = /^\d+$/;

/** What can be told to parts of the screen; null where they are not there. */
export interface ListHandle {
  focus(): void;
}

export interface FeedHandle {
  focus(): void;
  move(by: number): void;
  toFirst(): void;
  toLast(): void;
  /** The message that keys act on. */
  current(): number | null;
  openMenu(): void;
}

export interface ComposerHandle {
  focus(): void;
  wrap(mark: "bold" | "italic" | "code" | "link" | "quote" | "list"): void;
}

type Navigate = (path: string, options?: { replace?: boolean }) => void;

export interface Context {
  page: Page;
  conv: Id | null;
  talk: Talk | null;
}

export class Page {
  readonly ui: Ui;
  readonly deeds: Deeds;
  readonly speaking: Speaking;
  readonly bulk: Bulk;
  readonly actions = new Actions<Context>();
  readonly keymap: Keymap<Context>;
  readonly onPlace = new Listeners();
  readonly handles: {
    list: ListHandle | null;
    feed: FeedHandle | null;
    composer: ComposerHandle | null;
  } = { list: null, feed: null, composer: null };
  place: Place | null = null;
  private navigate: Navigate = () => {};
  private shown = "";
  private isFirst = true;
  private isReading = false;

  constructor(
    readonly desk: Desk,
    isMac: boolean,
  ) {
    this.ui = makeUi();
    this.deeds = new Deeds(desk, this.ui);
    this.speaking = new Speaking(desk, this.ui, this.deeds);
    this.bulk = new Bulk(desk.api, desk.world.clock);
    register(this.actions);
    this.keymap = new Keymap<Context>({
      actions: this.actions,
      clock: desk.world.clock,
      context: () => this.context,
      scopes: () =>
        this.ui.getState().dialog === null
          ? scopesAt(document.activeElement, this.place?.conv != null)
          : NOWHERE,
      isMac,
    });
    this.keymap.setSingleKeys(desk.settings.preferences.single_key_shortcuts);
    desk.settings.onChange.add(() =>
      this.keymap.setSingleKeys(desk.settings.preferences.single_key_shortcuts),
    );
    this.keymap.onDisabled.add((_, reason) => this.tellReason(reason));
    desk.threads.onChange.add((conv) => this.readFrom(conv));
    desk.outbox.onFailed.add((item) => this.tellUnsent(item));
    for (const item of desk.outbox.failed) this.tellUnsent(item);
    desk.socket.onReady.add(() => this.readAgain());
    desk.savedViews.onChange.add(() => this.showList());
    this.bulk.onEnd.add((job) => this.tellOutcome(job));
    this.bulk.onError.add((error) => this.deeds.failed(asApiError(error)));
    desk.savedViews.onError.add((error) => this.deeds.failed(asApiError(error)));
    desk.settings.onError.add((error) => this.deeds.failed(asApiError(error)));
    desk.standing.onError.add((error) => this.deeds.failed(asApiError(error)));
  }

  get context(): Context {
    const conv = this.place?.conv ?? null;
    return { page: this, conv, talk: conv === null ? null : this.desk.talks.get(conv) };
  }

  /** The address says where one is; this is told when it changes. */
  setPlace(place: Place, navigate: Navigate): void {
    this.navigate = navigate;
    const before = this.place;
    this.place = place;
    this.showList();
    if (before?.conv !== place.conv || (place.at !== null && before?.at !== place.at)) {
      this.turnTo(before?.conv ?? null, place);
    }
    this.onPlace.tell();
  }

  /** `isSame`: what was before is not worth coming back to. */
  go(changes: Partial<Place>, isSame = false): void {
    const place = { ...(this.place as Place), at: null, ...changes };
    this.navigate(pathOf(place), { replace: isSame });
  }

  open(conv: Id | null): void {
    this.go({ conv });
  }

  /** What is open could not be read: once more. */
  reopen(): void {
    if (this.place !== null) this.turnTo(null, this.place);
  }

  /** Of the list, in which order it stands; kept for this view. */
  get order(): Ordering {
    const view = this.place?.view ?? "mine";
    const saved = this.desk.savedViews.list.find((each) => `s-${each.id}` === view);
    const kept = this.desk.store.read(`order.${view}`);
    return (kept as Ordering | undefined) ?? saved?.ordering ?? usualOrder(view);
  }

  setOrder(order: Ordering): void {
    this.desk.store.write(`order.${this.place?.view}`, order);
    this.showList();
  }

  /** What the list beside the thread holds. */
  get rows(): readonly Conversation[] {
    if (this.place?.area === "team") return this.desk.rooms.list;
    return this.desk.lists.current?.list.rows ?? [];
  }

  /** The row below, or the one above at the end. */
  neighbour(conv: Id): Id | null {
    const at = this.rows.findIndex((each) => each.id === conv);
    return (this.rows[at + 1] ?? this.rows[at - 1])?.id ?? null;
  }

  /** To the next one, as this one is dealt with; those who do not want that stay where they are. */
  advance(conv: Id, isWanted = this.desk.settings.preferences.auto_advance): void {
    const next = this.neighbour(conv);
    this.ui.setState({ cursor: next });
    if (isWanted && this.place?.conv === conv) this.open(next);
  }

  /** The deed on all that is chosen. */
  doToChosen(deed: Deed): void {
    const { selected, wholeOf } = this.ui.getState();
    const filters = filtersOf(this.place?.view ?? "", this.desk.savedViews.list);
    const isWhole = wholeOf === selected && filters !== null;
    const target = isWhole ? { filter: asText(filters) } : { ids: [...selected] };
    this.ui.setState({ selected: new Set(), wholeOf: null });
    void this.bulk.start(target, deed);
  }

  private showList(): void {
    const { place, desk } = this;
    if (place === null || place.area === "team") return;
    const filters = filtersOf(place.view, desk.savedViews.list);
    if (filters === null) this.leaveView();
    if (filters === null || filters.q === "") return;
    const { order } = this;
    const key = `${place.view} ${order} ${JSON.stringify(filters)}`;
    if (key === this.shown) return;
    this.shown = key;
    this.ui.setState({ selected: new Set(), cursor: place.conv });
    const reader = { me: desk.me, now: () => desk.now() };
    const isBrought = this.isFirst && place.view === "mine" && order === usualOrder("mine");
    this.isFirst = false;
    const brought = isBrought ? desk.boot.page : null;
    desk.lists.show(viewOf(place.view, filters, order, reader), brought ?? undefined);
  }

  /** Deleted, or never there; unless views are still on their way. */
  private leaveView(): void {
    if (this.desk.boot.views === null && this.desk.savedViews.list.length === 0) return;
    toast(this.ui, this.desk.i18n.t("toast.view_gone"));
    this.go({ area: "view", view: "mine" }, true);
  }

  private turnTo(before: Id | null, place: Place): void {
    const { desk } = this;
    if (before !== null) {
      desk.marker.leave();
      desk.signs.leave();
      desk.threads.leave(before);
    }
    this.isReading = false;
    this.ui.setState({ drawer: null });
    const { conv, at } = place;
    if (conv === null) return;
    if (NUMBER.test(conv)) {
      void this.findNumber(conv, at);
      return;
    }
    this.ui.setState({ cursor: conv });
    desk.signs.open(conv);
    for (const mode of ["public", "note"] as const) {
      const { attachments } = desk.drafts.open(conv, mode);
      void desk.uploads.restore(conv, mode, attachments);
    }
    this.goOnWriting(conv);
    const row = this.rows.find((each) => each.id === conv);
    if (row !== undefined) desk.talks.tell(row);
    void desk.talks.load(conv);
    if (row !== undefined) desk.threads.open(conv, row.unread, at);
    else void this.openUnknown(conv, at);
  }

  /** After a reload too a note that was begun stays a note. */
  private goOnWriting(conv: Id): void {
    const { drafts } = this.desk;
    const isKnown = conv in this.ui.getState().modes;
    const isBegun = drafts.state(conv, "note").body !== "";
    if (!isKnown && isBegun && drafts.state(conv, "public").body === "") {
      setMode(this.ui, conv, "note");
    }
  }

  /** People name a conversation by its number; its address is another one. */
  private async findNumber(number: string, at: number | null): Promise<void> {
    const { api, talks } = this.desk;
    try {
      const { results } = await api.search(`#${number}`);
      const found = results.find((row) => row.number === Number(number));
      if (found === undefined) throw new ApiError({ status: 404, code: "not_found" });
      const rest = at === null ? "" : `?m=${at}`;
      if (this.place?.conv === number) this.navigate(`/c/${found.id}${rest}`, { replace: true });
    } catch (thrown) {
      talks.gone(number, asApiError(thrown));
    }
  }

  /** How much of it is unread must be known before it is shown. */
  private async openUnknown(conv: Id, at: number | null): Promise<void> {
    await this.desk.talks.load(conv);
    const { row } = this.desk.talks.get(conv);
    if (this.place?.conv === conv && row !== null) this.desk.threads.open(conv, row.unread, at);
  }

  private readFrom(conv: Id): void {
    if (this.isReading || conv !== this.place?.conv) return;
    const { thread, isLoaded } = this.desk.threads.get(conv);
    if (!isLoaded) return;
    this.isReading = true;
    this.desk.marker.open(conv, readTo(thread, this.desk.talks.get(conv).row));
  }

  /** Where it was refused nobody may be looking; the words themselves are said, to be copied. */
  private tellUnsent({ conv, message }: Outgoing): void {
    if (conv === this.place?.conv) return;
    toast(this.ui, this.desk.i18n.t("toast.not_sent"), {
      tone: "bad",
      detail: message.body,
      open: () => this.open(conv),
    });
  }

  /** What became of a deed on many, and how it is taken back. */
  private tellOutcome({ id, state, total, failures }: Job): void {
    const { i18n, lists } = this.desk;
    lists.retry();
    if (state === "undone") {
      toast(this.ui, i18n.t("bulk.undone"));
      return;
    }
    const done = i18n.t("bulk.done", { count: total - failures.length });
    const failed = failures.length > 0 ? i18n.t("bulk.failed", { count: failures.length }) : "";
    const detail = [...new Set(failures.map((each) => each.detail))].join(" ");
    const undo = () => void this.bulk.undo(id);
    toast(this.ui, `${done} ${failed}`.trim(), { detail, undo });
  }

  /** What could not be read without a connection. */
  private readAgain(): void {
    const conv = this.place?.conv;
    if (conv == null) return;
    const { talks, threads } = this.desk;
    const { row, error } = talks.get(conv);
    if (row === null && error?.isPassing) this.reopen();
    else if (threads.get(conv).error?.isPassing) void threads.load(conv, row?.unread);
  }

  private tellReason(reason: string): void {
    toast(this.ui, this.desk.i18n.t(reason as never));
  }
}

/** How far the messages are surely read. */
function readTo(thread: Thread, row: Conversation | null): number {
  if (thread.newFrom !== null) return thread.newFrom - 1;
  // Whoever came by a link may stand anywhere, and the server takes no pointer back.
  if (row !== null && row.unread > 0) return 0;
  // The mark goes when the last message is seen again.
  return row?.marked_unread ? lastSeq(thread) - 1 : thread.head;
}

function asText(filters: Filters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, String(value)]));
}

const NOWHERE: ReadonlySet<Scope> = new Set();

/** Where the keys of an action work, by where the focus is. */
export function scopesAt(focused: Element | null, isOpen: boolean): ReadonlySet<Scope> {
  const pane = focused?.closest("[data-scope]")?.getAttribute("data-scope") as Scope | undefined;
  // What is open over the page has keys of its own; of the others none may act behind it.
  if (focused?.closest("[role=dialog]:not([data-drawer]), [role=menu]")) return NOWHERE;
  const found = new Set<Scope>(["global"]);
  if (isOpen) found.add("conversation");
  // Nobody has to click into the list before its keys work.
  found.add(pane ?? "list");
  return found;
}
