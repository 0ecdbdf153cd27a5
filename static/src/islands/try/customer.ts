/** The customer who plays on `/try/`: what they see of their conversations, kept live by the core. */

import { Api } from "../../core/api";
import type { Clock } from "../../core/clock";
import { delivery } from "../../core/delivery";
import { Followers } from "../../core/follower";
import { Http } from "../../core/http";
import { InboxFeed } from "../../core/inboxfeed";
import { Listeners } from "../../core/listeners";
import type { Locks } from "../../core/locks";
import { Outbox } from "../../core/outbox";
import type { Surroundings } from "../../core/page";
import { Presence, Signs } from "../../core/presence";
import { ReadMarker } from "../../core/readmarker";
import { type Connection, LiveSocket } from "../../core/socket";
import { Store } from "../../core/store";
import {
  EMPTY_THREAD,
  opened,
  shown,
  type Thread,
  withBefore,
  withEvents,
} from "../../core/thread";
import type { Conversation, Id, Message, Person, Ticket } from "../../core/types";
import type { Wire } from "../../core/wire";

const TAKEN = 30;

export interface Boot {
  company: string;
  /** Who answers here. */
  department: Id | null;
  email: string;
  password: string;
  bundle: string;
  texts: Record<string, string>;
}

/** What of the browser is needed. */
export interface World {
  fetch: typeof fetch;
  open: (url: string) => Wire;
  clock: Clock;
  page: Surroundings;
  locks: Locks;
  storage: Storage | null;
  newId: () => Id;
}

export class Customer {
  readonly onChange = new Listeners();
  readonly presence: Presence;
  readonly outbox: Outbox;
  readonly marker: ReadMarker;
  readonly signs: Signs;
  /** Who this is; null until the first connection stands. */
  me: Person | null = null;
  isRefused = false;
  current: Id | null = null;
  /** Words that are to begin a conversation, until they have. */
  private first: { body: string; client_id: Id } | null = null;
  thread: Thread = EMPTY_THREAD;
  /** How far each of the others has read what is open. */
  readonly readBy = new Map<Id, number>();
  private readonly rows = new Map<Id, Conversation>();
  private readonly api: Api;
  private readonly socket: LiveSocket;
  private readonly followers: Followers;
  private access = "";

  constructor(
    private readonly boot: Boot,
    private readonly world: World,
  ) {
    const { clock, page, locks, newId } = world;
    const http = new Http({
      fetch: (url, init) => this.fetch(url, init),
      clock,
      csrf: () => "",
      onUnauthenticated: () => this.signIn(),
    });
    this.api = new Api(http);
    const ticket = (): Promise<Ticket> => this.api.ticket();
    this.socket = new LiveSocket({ open: world.open, ticket, clock, page, bundle: boot.bundle });
    this.followers = new Followers({ socket: this.socket, api: this.api, clock });
    this.outbox = new Outbox({
      store: new Store(world.storage, `try-${boot.company}-`),
      clock,
      locks,
      page,
      newId,
      ...delivery({ socket: this.socket, api: this.api, followers: this.followers }),
    });
    // The server tells nobody of their own signs.
    this.presence = new Presence(clock, "");
    this.marker = new ReadMarker({
      clock,
      page,
      read: (conv, seq) => void this.socket.tell({ op: "read", conv, seq }),
    });
    this.signs = new Signs(clock, page, (...notice) => this.socket.tell(...notice));
    this.listen();
  }

  get connection(): Connection {
    return this.socket.connection;
  }

  /** Those with the newest words first. */
  get conversations(): Conversation[] {
    return [...this.rows.values()].sort((a, b) =>
      a.last_activity_at < b.last_activity_at ? 1 : -1,
    );
  }

  async begin(): Promise<void> {
    this.isRefused = !(await this.signIn());
    if (this.isRefused) return this.onChange.tell();
    const page = await this.api.conversations({ limit: TAKEN });
    for (const row of page.results) this.rows.set(row.id, row);
    this.socket.start();
    const first = this.conversations.find((each) => each.status !== "closed");
    if (first) await this.show(first.id);
    this.onChange.tell();
  }

  async show(conv: Id): Promise<void> {
    this.leave();
    this.current = conv;
    const page = await this.api.messages(conv);
    if (this.current !== conv) return;
    this.thread = opened(page, this.rows.get(conv)?.unread ?? 0);
    this.marker.open(conv, page.head - (this.rows.get(conv)?.unread ?? 0));
    this.signs.open(conv);
    this.followers.follow(conv, {
      onEvents: (events) => {
        this.thread = withEvents(this.thread, events, this.me?.id);
        for (const { type, data } of events) {
          if (type !== "message.created") continue;
          const { client_id: said } = data as Message;
          if (said) this.outbox.seen(said);
        }
        this.onChange.tell();
      },
      onReset: () => void this.readAnew(conv),
      onState: () => this.outbox.flush(),
    });
    this.onChange.tell();
  }

  /** Older messages. */
  async more(): Promise<void> {
    const { current: conv, thread } = this;
    const before = thread.messages[0]?.seq;
    if (conv === null || before === undefined || !thread.hasBefore) return;
    const page = await this.api.messages(conv, { before });
    if (this.current !== conv) return;
    this.thread = withBefore(this.thread, page);
    this.onChange.tell();
  }

  /** Nothing is open: what is said next begins a conversation. */
  leave(): void {
    if (this.current !== null) this.followers.unfollow(this.current);
    this.marker.leave();
    this.signs.leave();
    this.current = null;
    this.thread = EMPTY_THREAD;
    this.readBy.clear();
    this.onChange.tell();
  }

  /** Rejects with ApiError where a first message could not be sent. */
  async say(body: string): Promise<void> {
    this.signs.stopped();
    if (this.current !== null) {
      this.outbox.put(this.current, { body });
      return;
    }
    const message = { body };
    const { department } = this.boot;
    // The same for every try, so that it is begun once though an answer was lost.
    if (this.first?.body !== body) this.first = { body, client_id: this.world.newId() };
    const { client_id } = this.first;
    const told = { client_id, message, ...(department && { department }) };
    const made = await this.api.http.post<Conversation>("conversations/", told);
    this.first = null;
    this.rows.set(made.id, made);
    await this.show(made.id);
  }

  private listen(): void {
    const { socket } = this;
    const feed = new InboxFeed({ socket, api: this.api, clock: this.world.clock });
    feed.onRow.add((row) => {
      this.rows.set(row.id, row);
      this.onChange.tell();
    });
    feed.onGone.add((conv) => {
      this.rows.delete(conv);
      if (conv === this.current) this.leave();
      this.onChange.tell();
    });
    socket.onReady.add((frame) => {
      this.me = frame.member;
      this.signs.say();
    });
    socket.onLost.add(() => this.presence.forget());
    socket.onChange.add(() => {
      this.outbox.flush();
      this.onChange.tell();
    });
    socket.onFrame.add((frame) => {
      this.presence.hear(frame);
      if (frame.op !== "read" || frame.conv !== this.current) return;
      this.readBy.set(frame.member.id, frame.seq);
      this.onChange.tell();
    });
    this.outbox.onChange.add(() => this.onChange.tell());
    this.presence.onChange.add(() => this.onChange.tell());
  }

  private async readAnew(conv: Id): Promise<void> {
    const page = await this.api.messages(conv);
    if (this.current !== conv) return;
    this.thread = shown(this.thread, page);
    this.onChange.tell();
  }

  /** Tokens instead of a cookie, so that the agent of the other window stays signed in. */
  private fetch(url: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const headers = new Headers(init?.headers);
    if (this.access) headers.set("Authorization", `Bearer ${this.access}`);
    return this.world.fetch(url, { ...init, headers, credentials: "omit" });
  }

  private async signIn(): Promise<boolean> {
    const { email, password, company } = this.boot;
    this.access = "";
    const response = await this.fetch("/api/v1/auth/login/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email, password, company }),
    });
    if (!response.ok) return false;
    this.access = ((await response.json()) as { access: string }).access;
    return true;
  }
}
