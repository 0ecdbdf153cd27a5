/** Files on their way into a message that is being written. */

import { ApiError, asApiError } from "../../core/errors";
import { Listeners } from "../../core/listeners";
import type { Attachment, Id, Visibility } from "../../core/types";

export const MOST_BYTES = 25 * 1024 * 1024;
export const MOST_FILES = 10;

export interface Upload {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  /** From 0 to 1. */
  readonly progress: number;
  readonly state: "uploading" | "done" | "failed";
  readonly error: ApiError | null;
  readonly attachment: Attachment | null;
}

/** Sends one file, telling how far it is. */
export type SendFile = (
  conv: Id,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
) => Promise<Attachment>;

interface Running {
  upload: Upload;
  file: File | null;
  stop: AbortController;
}

export interface UploadsOptions {
  send: SendFile;
  newId: () => string;
  /** Of a file that was uploaded before the page was loaded. */
  read: (id: Id) => Promise<Attachment>;
  /** The files of the draft are others now. */
  keep: (conv: Id, visibility: Visibility, ids: readonly Id[]) => void;
}

const NONE: readonly Upload[] = [];

export class Uploads {
  readonly onChange = new Listeners<[Id, Visibility]>();
  private readonly all = new Map<string, Running[]>();
  private readonly lists = new Map<string, readonly Upload[]>();
  /** How often. */
  private readonly cleared = new Map<string, number>();

  constructor(private readonly options: UploadsOptions) {}

  /** The same array until something changes. */
  list(conv: Id, visibility: Visibility): readonly Upload[] {
    return this.lists.get(keyOf(conv, visibility)) ?? NONE;
  }

  add(conv: Id, visibility: Visibility, files: readonly File[]): void {
    for (const file of files) this.begin(conv, visibility, file);
  }

  retry(conv: Id, visibility: Visibility, key: string): void {
    const { file } = this.find(conv, visibility, key) ?? {};
    this.remove(conv, visibility, key);
    if (file) this.begin(conv, visibility, file);
  }

  remove(conv: Id, visibility: Visibility, key: string): void {
    this.find(conv, visibility, key)?.stop.abort();
    const left = this.running(conv, visibility).filter((each) => each.upload.key !== key);
    this.set(conv, visibility, left);
    this.keep(conv, visibility);
  }

  /** They were sent, or the draft was given up; gives back those that were chosen here. */
  clear(conv: Id, visibility: Visibility): File[] {
    const all = this.running(conv, visibility);
    for (const each of all) each.stop.abort();
    const key = keyOf(conv, visibility);
    this.cleared.set(key, (this.cleared.get(key) ?? 0) + 1);
    this.set(conv, visibility, []);
    return all.flatMap(({ file }) => file ?? []);
  }

  /** The network is back: what failed for want of it goes up now. */
  hurry(): void {
    for (const [key, all] of [...this.all]) {
      const [conv = "", visibility] = key.split(".") as [Id, Visibility];
      for (const { upload } of all) {
        if (upload.error?.isPassing) this.retry(conv, visibility, upload.key);
      }
    }
  }

  /** The draft is another one now: written elsewhere, or taken from there. */
  async follow(conv: Id, visibility: Visibility, ids: readonly Id[]): Promise<void> {
    const isNamed = ({ upload: { attachment } }: Running) =>
      attachment === null || ids.includes(attachment.id);
    const all = this.running(conv, visibility);
    const kept = all.filter(isNamed);
    if (kept.length < all.length) this.set(conv, visibility, kept);
    await this.restore(conv, visibility, ids);
  }

  /** What a draft names that was written before the page was loaded. */
  async restore(conv: Id, visibility: Visibility, ids: readonly Id[]): Promise<void> {
    const known = new Set(this.list(conv, visibility).map((each) => each.attachment?.id));
    const missing = ids.filter((id) => !known.has(id));
    const key = keyOf(conv, visibility);
    const before = this.cleared.get(key);
    const read = await Promise.allSettled(missing.map((id) => this.options.read(id)));
    // They were sent meanwhile, and are none of the next message.
    if (this.cleared.get(key) !== before) return;
    const found = read.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const present = new Set(this.list(conv, visibility).map((each) => each.attachment?.id));
    const restored = found.filter((each) => !present.has(each.id)).map(restoredOf);
    if (restored.length > 0) {
      this.set(conv, visibility, [...restored, ...this.running(conv, visibility)]);
    }
  }

  private begin(conv: Id, visibility: Visibility, file: File): void {
    const { name, size } = file;
    const fresh = { key: this.options.newId(), name, size, progress: 0, attachment: null };
    const fault = this.faultOf(conv, visibility, file);
    const upload: Upload =
      fault === null
        ? { ...fresh, state: "uploading", error: null }
        : { ...fresh, state: "failed", error: new ApiError({ code: fault }) };
    const one: Running = { upload, file, stop: new AbortController() };
    this.set(conv, visibility, [...this.running(conv, visibility), one]);
    if (upload.state === "uploading") void this.send(conv, visibility, one, file);
  }

  /** What the server would refuse stands there too, so that nobody believes it was sent. */
  private faultOf(conv: Id, visibility: Visibility, file: File): string | null {
    if (file.size > MOST_BYTES) return "too_large";
    const taken = this.running(conv, visibility).filter((each) => each.upload.state !== "failed");
    return taken.length >= MOST_FILES ? "too_many" : null;
  }

  private async send(conv: Id, visibility: Visibility, one: Running, file: File): Promise<void> {
    const become = (changes: Partial<Upload>) => {
      one.upload = { ...one.upload, ...changes };
      this.set(conv, visibility, [...this.running(conv, visibility)]);
    };
    try {
      const onProgress = (progress: number) => become({ progress });
      const attachment = await this.options.send(conv, file, onProgress, one.stop.signal);
      become({ progress: 1, state: "done", attachment });
      this.keep(conv, visibility);
    } catch (thrown) {
      if (!one.stop.signal.aborted) become({ state: "failed", error: asApiError(thrown) });
    }
  }

  private keep(conv: Id, visibility: Visibility): void {
    const ids = this.list(conv, visibility).flatMap(({ attachment }) => attachment?.id ?? []);
    this.options.keep(conv, visibility, ids);
  }

  private find(conv: Id, visibility: Visibility, key: string): Running | undefined {
    return this.running(conv, visibility).find((each) => each.upload.key === key);
  }

  private running(conv: Id, visibility: Visibility): Running[] {
    return this.all.get(keyOf(conv, visibility)) ?? [];
  }

  private set(conv: Id, visibility: Visibility, all: Running[]): void {
    const key = keyOf(conv, visibility);
    this.all.set(key, all);
    this.lists.set(
      key,
      all.map((each) => each.upload),
    );
    this.onChange.tell(conv, visibility);
  }
}

function keyOf(conv: Id, visibility: Visibility): string {
  return `${conv}.${visibility}`;
}

function restoredOf(attachment: Attachment): Running {
  const { id: key, name, size } = attachment;
  const upload: Upload = { key, name, size, progress: 1, state: "done", error: null, attachment };
  return { upload, file: null, stop: new AbortController() };
}
