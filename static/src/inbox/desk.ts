/** All that lives as long as the page: the core, and what the inbox keeps beside it. */

import type { Clock } from "../core/clock";
import { delivery } from "../core/delivery";
import { Drafts } from "../core/drafts";
import { ApiError } from "../core/errors";
import { Followers } from "../core/follower";
import { csrfOf, Http } from "../core/http";
import type { I18n } from "../core/i18n";
import { idMaker } from "../core/ids";
import { InboxFeed } from "../core/inboxfeed";
import type { Locks } from "../core/locks";
import { Outbox } from "../core/outbox";
import type { Surroundings } from "../core/page";
import { Presence, Signs } from "../core/presence";
import { ReadMarker } from "../core/readmarker";
import { LiveSocket } from "../core/socket";
import { Store } from "../core/store";
import type { Id, LogEvent, ServerFrame } from "../core/types";
import type { Wire } from "../core/wire";
import { type Attribute, InboxApi } from "./api";
import { type Boot, DEFAULT_PREFERENCES } from "./boot";
import { Alerts } from "./model/alerts";
import { Lists } from "./model/lists";
import { Once } from "./model/once";
import { People } from "./model/people";
import { Readers } from "./model/readers";
import { Rooms } from "./model/rooms";
import { SavedViews } from "./model/savedviews";
import { SessionKeeper } from "./model/session";
import { Settings } from "./model/settings";
import { Standing } from "./model/standing";
import { Talks } from "./model/talks";
import { Threads } from "./model/threads";
import { type SendFile, Uploads } from "./model/uploads";
import type { Key } from "./words";

/** What a test puts something of its own in place of. */
export interface World {
  fetch: typeof fetch;
  openWire: (url: string) => Wire;
  sendFile: (csrf: () => string, member: Id) => SendFile;
  clock: Clock;
  page: Surroundings;
  storage: Storage | null;
  locks: Locks;
  cookies: () => string;
  ring: () => void;
}

export class Desk {
  readonly api: InboxApi;
  readonly socket: LiveSocket;
  readonly followers: Followers;
  readonly feed: InboxFeed;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly presence: Presence;
  readonly signs: Signs;
  readonly marker: ReadMarker;
  readonly threads: Threads;
  readonly talks: Talks;
  readonly lists: Lists;
  readonly rooms: Rooms;
  readonly people: People;
  /** What the company asks about its conversations. */
  readonly questions: Once<readonly Attribute[]>;
  readonly readers = new Readers();
  readonly uploads: Uploads;
  readonly alerts: Alerts;
  readonly standing: Standing;
  readonly session = new SessionKeeper();
  readonly settings: Settings;
  readonly savedViews: SavedViews;
  readonly store: Store;
  readonly newId: () => string;
  readonly me: Id;

  constructor(
    readonly boot: Boot,
    readonly i18n: I18n<Key>,
    readonly world: World,
  ) {
    const { clock, page, locks } = world;
    this.me = boot.me.member.id;
    this.newId = idMaker(() => clock.now());
    this.store = this.storeOf("inbox");
    const csrf = () => csrfOf(world.cookies());
    const http = new Http({
      fetch: world.fetch,
      clock,
      csrf,
      member: this.me,
      onUnauthenticated: () => this.session.renewed(),
    });
    this.api = new InboxApi(http);
    const { api } = this;
    this.socket = new LiveSocket({
      open: world.openWire,
      ticket: () => api.ticket(),
      clock,
      page,
      bundle: boot.bundle,
    });
    const { socket } = this;
    this.followers = new Followers({ socket, api, clock });
    const { since, counts } = boot;
    this.feed = new InboxFeed({ socket, api, clock, since, ...(counts && { counts }) });
    this.outbox = new Outbox({
      store: this.storeOf("outbox"),
      clock,
      locks,
      page,
      newId: this.newId,
      ...delivery({ socket, api, followers: this.followers }),
    });
    this.drafts = new Drafts({ store: this.storeOf("draft"), api, clock, page });
    this.presence = new Presence(clock, this.me);
    this.signs = new Signs(clock, page, (...notice) => socket.tell(...notice));
    this.marker = new ReadMarker({
      clock,
      page,
      read: (conv, seq, isLast) => this.read(conv, seq, isLast),
    });
    this.threads = new Threads({ api, followers: this.followers, me: this.me });
    this.talks = new Talks(api, clock);
    this.lists = new Lists(this.feed);
    this.rooms = new Rooms(api);
    this.people = new People(api);
    this.questions = new Once(async () => (await api.attributes()).results);
    this.settings = new Settings(api, { ...DEFAULT_PREFERENCES, ...boot.preferences });
    this.savedViews = new SavedViews(api, boot.views?.results ?? []);
    this.uploads = new Uploads({
      send: world.sendFile(csrf, this.me),
      newId: this.newId,
      read: (id) => api.attachment(id),
      keep: (conv, visibility, attachments) => {
        const { body } = this.drafts.state(conv, visibility);
        this.drafts.write(conv, visibility, { body, attachments });
      },
    });
    this.standing = new Standing(api, clock, this.store, boot.me.member.availability);
    this.alerts = new Alerts({
      clock,
      page,
      locks,
      me: this.me,
      wanted: () => this.settings.preferences.sounds,
      ring: world.ring,
    });
    this.wire();
  }

  /** By the server's clock, as its moments are. */
  now(): number {
    return this.world.clock.now() + this.i18n.clockOffset;
  }

  /** From here on it is live. */
  start(): void {
    const { page } = this.boot;
    if (page !== null) this.alerts.know(page.results);
    this.socket.start();
    this.standing.start();
    if (this.boot.views === null) void this.savedViews.load();
    void this.rooms.load();
    void this.readPresence();
  }

  /** Somebody has signed in again. */
  resume(): void {
    this.socket.start();
    this.lists.retry();
  }

  private wire(): void {
    const { socket, feed, outbox, presence } = this;
    socket.onChange.add(() => {
      outbox.flush();
      const { state, reason } = socket.connection;
      if (state === "ended" && reason === "unauthenticated") {
        void this.session.renewed().then((isRenewed) => isRenewed && this.resume());
      }
    });
    this.drafts.onChange.add((conv, visibility) => {
      const { attachments } = this.drafts.state(conv, visibility);
      void this.uploads.follow(conv, visibility, attachments);
    });
    socket.onReady.add(() => {
      this.signs.say();
      this.uploads.hurry();
      void this.readPresence();
    });
    socket.onLost.add(() => presence.forget());
    socket.onFrame.add((frame) => this.hear(frame));
    feed.onRow.add((row) => {
      this.talks.tell(row);
      this.rooms.tell(row);
      this.alerts.heard(row);
    });
    feed.onResync.add(() => void this.rooms.load());
    feed.onGone.add((conv) => {
      this.rooms.gone(conv);
      this.talks.gone(conv, new ApiError({ status: 404, code: "gone" }));
    });
    this.threads.onChange.add((conv) => {
      outbox.flush();
      this.tick(conv);
    });
    this.threads.onEvents.add((conv, events) => this.applied(conv, events));
  }

  private hear(frame: ServerFrame): void {
    this.presence.hear(frame);
    if (frame.op !== "read") return;
    if (frame.member.id === this.me) this.marker.heard(frame.conv, frame.seq);
    else this.readers.heard(frame.conv, frame.member, frame.seq);
  }

  /** What stands in the log is not waiting to be sent any more. */
  private tick(conv: Id): void {
    const waiting = new Set(this.outbox.list(conv).map((each) => each.message.client_id));
    if (waiting.size === 0) return;
    for (const { client_id: id } of this.threads.get(conv).thread.messages) {
      if (id !== null && waiting.has(id)) this.outbox.seen(id);
    }
  }

  private applied(conv: Id, events: readonly LogEvent[]): void {
    for (const { type, data } of events) {
      if (type === "message.created" && "client_id" in data && data.client_id) {
        this.outbox.seen(data.client_id);
      }
    }
    const isLoaded = this.talks.get(conv).whole !== null;
    const isWhole = events.some((each) => WHOLE.has(each.type));
    if (isLoaded && isWhole) void this.talks.load(conv);
  }

  private read(conv: Id, seq: number, isLast: boolean): void {
    if (!isLast && this.socket.tell({ op: "read", conv, seq })) return;
    this.api.read(conv, seq, isLast).catch(() => {});
  }

  private async readPresence(): Promise<void> {
    try {
      await this.presence.read(async () => (await this.api.presence()).results);
    } catch {
      // Nobody is shown as there; frames will tell.
    }
  }

  /** Of this person in this company alone. */
  private storeOf(name: string): Store {
    return new Store(this.world.storage, `tokdesk.${this.me}.${name}.`);
  }
}

/** Changes of what no row of a list holds. */
const WHOLE = new Set(["conversation.attributes", "conversation.merged", "conversation.status"]);
