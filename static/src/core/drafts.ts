/**
 * What one has begun to write, per conversation and kind: kept here with every keystroke, on the
 * server half a second later. A newer draft from elsewhere is offered, never put over this one.
 */

import type { Api } from "./api";
import { Alarm, type Clock } from "./clock";
import { asApiError, isObject } from "./errors";
import { Listeners } from "./listeners";
import type { Surroundings } from "./page";
import type { Store } from "./store";
import type { Draft, Id, Visibility } from "./types";

const SAVE_MS = 500;
const RETRY_MS = 5000;

export interface DraftText {
  readonly body: string;
  readonly attachments: readonly Id[];
}

export interface DraftState extends DraftText {
  /** From another device or tab: to be used, or written over. */
  readonly offered: DraftText | null;
  /** Not on the server yet. */
  readonly isDirty: boolean;
}

export interface DraftsOptions {
  store: Store;
  api: Pick<Api, "draft" | "saveDraft" | "discardDraft">;
  clock: Clock;
  page: Surroundings;
}

const NOTHING: DraftText = { body: "", attachments: [] };

export class Drafts {
  readonly onChange = new Listeners<[Id, Visibility]>();
  private readonly all = new Map<string, OneDraft>();
  private readonly offs: (() => void)[];

  constructor(private readonly options: DraftsOptions) {
    const { page, store } = options;
    const leave = () => {
      for (const each of this.all.values()) each.leave();
    };
    this.offs = [
      page.on("pagehide", leave),
      page.on("visibility", () => !page.isVisible() && leave()),
      page.on("online", () => {
        for (const each of this.all.values()) each.saveSoon();
      }),
      page.onStorage((key) => this.all.get(store.own(key) ?? "")?.changedElsewhere()),
    ];
  }

  /** What is known here, at once; what the server has follows. */
  open(conv: Id, visibility: Visibility): DraftState {
    const draft = this.one(conv, visibility);
    void draft.look();
    return draft.state;
  }

  /** The same object until something changes. */
  state(conv: Id, visibility: Visibility): DraftState {
    return this.one(conv, visibility).state;
  }

  write(conv: Id, visibility: Visibility, text: DraftText): void {
    this.one(conv, visibility).write(text);
  }

  /** It was sent, or is not wanted any more. */
  clear(conv: Id, visibility: Visibility): void {
    this.one(conv, visibility).clear();
  }

  /** Take what is offered in place of what stands here. */
  useOffered(conv: Id, visibility: Visibility): void {
    this.one(conv, visibility).useOffered();
  }

  /** Keep what stands here, and write over what is offered. */
  keepMine(conv: Id, visibility: Visibility): void {
    this.one(conv, visibility).keepMine();
  }

  /** Somebody signs out, and others may use this browser: what the server has is not left here. */
  forget(): void {
    const { store } = this.options;
    for (const key of store.keys()) {
      if (readStored(store.read(key))?.isDirty !== true) store.remove(key);
    }
  }

  close(): void {
    for (const off of this.offs) off();
    for (const each of this.all.values()) each.stop();
  }

  private one(conv: Id, visibility: Visibility): OneDraft {
    const key = `${conv}.${visibility}`;
    const known = this.all.get(key);
    if (known !== undefined) return known;
    const tell = () => this.onChange.tell(conv, visibility);
    const made = new OneDraft(key, conv, visibility, this.options, tell);
    this.all.set(key, made);
    return made;
  }
}

class OneDraft {
  state: DraftState = { ...NOTHING, offered: null, isDirty: false };
  /** Of the server's draft that this one goes on from. */
  private version = 0;
  private offeredVersion = 0;
  private isSaving = false;
  private isRefused = false;
  /** By this page; what only was read may be taken away again. */
  private isWrittenHere = false;
  private readonly alarm: Alarm;

  constructor(
    private readonly key: string,
    private readonly conv: Id,
    private readonly visibility: Visibility,
    private readonly options: DraftsOptions,
    private readonly tell: () => void,
  ) {
    this.alarm = new Alarm(options.clock, () => void this.save());
    this.load();
    this.saveSoon();
  }

  async look(): Promise<void> {
    try {
      this.heard(await this.options.api.draft(this.conv, this.visibility));
    } catch {
      // What stands here is good enough; saving will tell.
    }
  }

  write({ body, attachments }: DraftText): void {
    this.isRefused = false;
    this.isWrittenHere = true;
    this.become({ body, attachments, isDirty: true });
    this.saveSoon();
  }

  clear(): void {
    this.isWrittenHere = false;
    this.become({ ...NOTHING, offered: null, isDirty: true });
    void this.save();
  }

  useOffered(): void {
    if (this.state.offered === null) return;
    this.version = this.offeredVersion;
    this.become({ ...this.state.offered, offered: null, isDirty: false });
  }

  keepMine(): void {
    if (this.state.offered === null) return;
    this.version = this.offeredVersion;
    this.become({ offered: null, isDirty: true });
    this.saveSoon();
  }

  saveSoon(): void {
    if (this.mayBeSaved) this.alarm.set(SAVE_MS);
  }

  /** The page may never come back: say it now, in a request that outlives it. */
  leave(): void {
    if (this.mayBeSaved) void this.save(true);
  }

  stop(): void {
    this.alarm.clear();
  }

  changedElsewhere(): void {
    const stored = readStored(this.options.store.read(this.key));
    const { body, attachments, version } = stored ?? { ...NOTHING, version: 0 };
    if (!this.state.isDirty) {
      this.version = version;
      this.become({ body, attachments }, false);
    } else if (!isSame(this.state, { body, attachments })) {
      this.offer({ body, attachments, version });
    }
  }

  private get mayBeSaved(): boolean {
    return this.state.isDirty && this.state.offered === null && !this.isRefused;
  }

  /** One at a time; what changes meanwhile goes out behind it. */
  private async save(isLast = false): Promise<void> {
    if (this.isSaving || !this.mayBeSaved) return;
    this.alarm.clear();
    this.isSaving = true;
    const sent: DraftText = this.state;
    try {
      this.saved(sent, await this.put(sent, isLast));
    } catch (thrown) {
      await this.failed(asApiError(thrown));
    } finally {
      this.isSaving = false;
    }
    if (!this.alarm.isSet) this.saveSoon();
  }

  private async put({ body, attachments }: DraftText, isLast: boolean): Promise<number> {
    const { api } = this.options;
    if (body === "" && attachments.length === 0) {
      await api.discardDraft(this.conv, this.visibility);
      return 0;
    }
    const draft: Draft = { body, attachments: [...attachments], version: this.version };
    return (await api.saveDraft(this.conv, this.visibility, draft, isLast)).version;
  }

  private saved(sent: DraftText, version: number): void {
    this.version = version;
    this.become({ isDirty: !isSame(this.state, sent) });
  }

  private async failed(error: { code: string; isPassing: boolean }): Promise<void> {
    if (error.code === "stale_version") await this.look();
    else if (error.isPassing) this.alarm.set(RETRY_MS);
    else this.isRefused = true;
  }

  /** The server's draft as it is now. */
  private heard(remote: Draft): void {
    const isEmpty = remote.body === "" && remote.attachments.length === 0;
    if (remote.version === this.version) return;
    if (isEmpty || isSame(this.state, remote)) {
      // Go on from there. A draft that is gone was sent from elsewhere, or by what we sent before
      // we wrote this; so words of our own stay.
      this.version = remote.version;
      if (isEmpty && !this.state.isDirty && !this.isWrittenHere) this.become({ ...NOTHING });
      this.saveSoon();
    } else if (this.state.isDirty || this.isSaving) {
      this.offer(remote);
    } else {
      this.version = remote.version;
      const { body, attachments } = remote;
      this.become({ body, attachments });
    }
  }

  private offer({ body, attachments, version }: Draft | (DraftText & { version: number })): void {
    this.alarm.clear();
    this.offeredVersion = version;
    this.become({ offered: { body, attachments } });
  }

  private load(): void {
    const stored = readStored(this.options.store.read(this.key));
    if (stored === null) return;
    const { version, ...state } = stored;
    this.version = version;
    this.state = { ...state, offered: null };
  }

  private become(changes: Partial<DraftState>, isOurs = true): void {
    this.state = { ...this.state, ...changes };
    if (isOurs) this.keep();
    this.tell();
  }

  private keep(): void {
    const { body, attachments, isDirty } = this.state;
    const { store } = this.options;
    const isNothing = body === "" && attachments.length === 0 && !isDirty;
    if (isNothing) store.remove(this.key);
    else store.write(this.key, { body, attachments, isDirty, version: this.version });
  }
}

function isSame(one: DraftText, other: DraftText): boolean {
  const isSameBody = one.body === other.body;
  return isSameBody && one.attachments.join() === other.attachments.join();
}

/** Storage may hold anything. */
function readStored(value: unknown) {
  if (!isObject(value) || typeof value.body !== "string") return null;
  const { attachments } = value;
  return {
    body: value.body,
    attachments: Array.isArray(attachments) ? attachments.map(String) : [],
    isDirty: value.isDirty === true,
    version: Number(value.version) || 0,
  };
}
