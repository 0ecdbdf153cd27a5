/** Who is there, who looks at what, who types: signs that nobody keeps and that run out. */

import { Alarm, type Clock } from "./clock";
import { Listeners } from "./listeners";
import type { Surroundings } from "./page";
import type {
  Availability,
  Id,
  Notice,
  Person,
  ServerFrame,
  ViewingState,
  Visibility,
} from "./types";

const TYPING_MS = 6000;
const TYPING_PAUSE_MS = 3000;
const VIEWING_MS = 45_000;
const RENEW_MS = 20_000;

export interface View {
  readonly member: Person;
  readonly state: ViewingState;
}

export interface Typing {
  readonly member: Person;
  readonly visibility: Visibility;
}

interface Present {
  member: Person;
  availability: Availability;
}

type Sign<T> = T & { until: number };

/** What others do. */
export class Presence {
  /** Of a conversation; without one somebody's availability has changed. */
  readonly onChange = new Listeners<[Id | null]>();
  private readonly availabilities = new Map<Id, Availability>();
  private readonly viewing = new Map<Id, Map<Id, Sign<View>>>();
  private readonly writing = new Map<Id, Map<Id, Sign<Typing>>>();
  private readonly expiry: Alarm;
  /** Of whom frames have told since REST was asked last: they know better than its answer. */
  private heard = new Set<Id>();

  constructor(
    private readonly clock: Clock,
    /** Our own signs, from another tab, are none. */
    private readonly me: Id,
  ) {
    this.expiry = new Alarm(clock, () => this.expire());
  }

  availability(member: Id): Availability {
    return this.availabilities.get(member) ?? "offline";
  }

  /** Those who write first, then those who look, then those who are away. */
  views(conv: Id): View[] {
    const order: ViewingState[] = ["writing", "viewing", "away"];
    const found = [...(this.viewing.get(conv)?.values() ?? [])];
    found.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
    return found.map(({ member, state }) => ({ member, state }));
  }

  typing(conv: Id): Typing[] {
    const found = [...(this.writing.get(conv)?.values() ?? [])];
    return found.map(({ member, visibility }) => ({ member, visibility }));
  }

  /** Whoever is there, by REST; of two questions the later one counts. */
  async read(ask: () => Promise<readonly Present[]>): Promise<void> {
    const heard = new Set<Id>();
    this.heard = heard;
    const present = await ask();
    if (heard !== this.heard) return;
    for (const member of this.availabilities.keys()) {
      if (!heard.has(member)) this.availabilities.delete(member);
    }
    for (const { member, availability } of present) {
      if (!heard.has(member.id)) this.availabilities.set(member.id, availability);
    }
    this.onChange.tell(null);
  }

  hear(frame: ServerFrame): void {
    if (frame.op === "presence") {
      this.availabilities.set(frame.member.id, frame.availability);
      this.heard.add(frame.member.id);
      this.onChange.tell(null);
    } else if (frame.op === "viewing" && frame.member.id !== this.me) {
      const { member, state } = frame;
      this.note(this.viewing, frame.conv, { member, state }, VIEWING_MS);
    } else if (frame.op === "typing" && frame.member.id !== this.me) {
      const { member, visibility } = frame;
      this.note(this.writing, frame.conv, { member, visibility }, TYPING_MS);
    } else if (frame.op === "event" && frame.type === "message.created") {
      // Who has said it does not type it any more.
      if ("id" in frame.actor) this.end(this.writing, frame.conv, frame.actor.id);
    }
  }

  /** What was heard on a connection that is gone says nothing. */
  forget(): void {
    const conversations = new Set([...this.viewing.keys(), ...this.writing.keys()]);
    this.viewing.clear();
    this.writing.clear();
    this.expiry.clear();
    for (const conv of conversations) this.onChange.tell(conv);
  }

  private note<T extends { member: Person }>(
    signs: Map<Id, Map<Id, Sign<T>>>,
    conv: Id,
    sign: T,
    lasts: number,
  ): void {
    const members = signs.get(conv) ?? new Map<Id, Sign<T>>();
    signs.set(conv, members.set(sign.member.id, { ...sign, until: this.clock.now() + lasts }));
    this.expiry.within(lasts);
    this.onChange.tell(conv);
  }

  private end<T>(signs: Map<Id, Map<Id, Sign<T>>>, conv: Id, member: Id): void {
    const members = signs.get(conv);
    if (!members?.delete(member)) return;
    if (members.size === 0) signs.delete(conv);
    this.onChange.tell(conv);
  }

  private expire(): void {
    const now = this.clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const signs of [this.viewing, this.writing]) {
      for (const [conv, members] of [...signs]) {
        for (const [member, { until }] of [...members]) {
          if (until <= now) this.end<View | Typing>(signs as never, conv, member);
          else next = Math.min(next, until);
        }
      }
    }
    if (Number.isFinite(next)) this.expiry.set(next - now);
  }
}

/** What we do, told no more often than is wanted. */
export class Signs {
  private conv: Id | null = null;
  private typedAt = Number.NEGATIVE_INFINITY;
  private typedAs: Visibility = "public";
  private isWriting = false;
  /** Where others may see us. */
  private readonly seenAt = new Set<Id>();
  private readonly renewal: Alarm;
  private readonly pause: Alarm;
  private readonly off: () => void;

  constructor(
    private readonly clock: Clock,
    private readonly page: Surroundings,
    private readonly tell: (notice: Notice, isWanted: () => boolean) => boolean,
  ) {
    this.renewal = new Alarm(clock, () => this.say());
    this.pause = new Alarm(clock, () => {
      this.isWriting = false;
      this.say();
    });
    this.off = page.on("visibility", () => this.say());
  }

  /** It is open before us. */
  open(conv: Id): void {
    this.leave();
    this.conv = conv;
    this.say();
  }

  leave(): void {
    const { conv } = this;
    this.conv = null;
    if (conv !== null) {
      const isSeen = () => this.conv !== conv && this.seenAt.delete(conv);
      this.tell({ op: "viewing", conv, state: "away" }, isSeen);
    }
    this.isWriting = false;
    this.typedAt = Number.NEGATIVE_INFINITY;
    this.renewal.clear();
    this.pause.clear();
  }

  /** With every keystroke. */
  typed(visibility: Visibility): void {
    const { conv } = this;
    if (conv === null) return;
    this.pause.set(TYPING_MS);
    if (!this.isWriting) {
      this.isWriting = true;
      this.say();
    }
    const isAsBefore = visibility === this.typedAs;
    if (isAsBefore && this.clock.now() - this.typedAt < TYPING_PAUSE_MS) return;
    this.typedAt = this.clock.now();
    this.typedAs = visibility;
    this.tell({ op: "typing", conv, visibility }, () => this.conv === conv);
  }

  /** The text was sent or taken away. */
  stopped(): void {
    this.pause.clear();
    this.typedAt = Number.NEGATIVE_INFINITY;
    if (!this.isWriting) return;
    this.isWriting = false;
    this.say();
  }

  /** Also to be called when a connection is new: it knows nothing of us. */
  say(): void {
    const { conv } = this;
    if (conv === null) return;
    const state = !this.page.isVisible() ? "away" : this.isWriting ? "writing" : "viewing";
    const isHere = () => this.conv === conv && this.seenAt.add(conv).has(conv);
    this.tell({ op: "viewing", conv, state }, isHere);
    this.renewal.set(RENEW_MS);
  }

  close(): void {
    this.leave();
    this.off();
  }
}
