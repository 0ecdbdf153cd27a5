/** What is said and taken back: from the composer to the outbox, and what one said before. */

import { asApiError } from "../../core/errors";
import type { After } from "../../core/outbox";
import { lastSeq } from "../../core/thread";
import type { Id, Message, Visibility } from "../../core/types";
import type { Desk } from "../desk";
import type { Deeds } from "./deeds";
import { modeOf, quote, setMode, toast, type Ui } from "./ui";

/** For so long one may change what customers see. */
export const PUBLIC_MS = 5 * 60_000;

export const LONGEST = 10_000;

export type Obstacle = "empty" | "uploading" | "file_failed" | "too_long" | null;

export class Speaking {
  /** Where something was just sent and nothing written since: undoing is about that. */
  private mayUndo: Id | null = null;
  /** Of what was just sent, as they were chosen here. */
  private sentFiles: readonly File[] = [];

  constructor(
    private readonly desk: Desk,
    private readonly ui: Ui,
    private readonly deeds: Deeds,
  ) {
    desk.outbox.onSaid.add(({ conv, after }) => {
      if (after === "resolve") void deeds.setStatus(conv, "resolved");
      if (after === "snooze") void deeds.snooze(conv, null, true);
    });
  }

  obstacle(conv: Id, mode: Visibility): Obstacle {
    const files = this.desk.uploads.list(conv, mode);
    if (files.some((each) => each.state === "uploading")) return "uploading";
    // It would be lost without a word.
    if (files.some((each) => each.state === "failed")) return "file_failed";
    const { body, attachments } = this.desk.drafts.state(conv, mode);
    const said = body.trim();
    // As people count, and the server does.
    if (said.length > LONGEST && [...said].length > LONGEST) return "too_long";
    return said !== "" || attachments.length > 0 ? null : "empty";
  }

  /** Whether it is on its way; what is to follow it waits until it was said. */
  send(conv: Id, after: After | null = null): boolean {
    const mode = modeOf(this.ui.getState(), conv);
    const obstacle = this.obstacle(conv, mode);
    if (obstacle !== null) {
      if (obstacle !== "empty") toast(this.ui, this.desk.i18n.t(`composer.${obstacle}`));
      return false;
    }
    const { drafts, uploads, outbox, signs } = this.desk;
    // The draft knows its files, also those that are still being asked for here.
    const { attachments, ...draft } = drafts.state(conv, mode);
    const body = draft.body.trim();
    const quoted = this.ui.getState().quotes[conv];
    const isGuarded = mode === "public" && this.kindOf(conv) === "customer";
    const message = {
      body,
      visibility: mode,
      ...(attachments.length > 0 && { attachments: [...attachments] }),
      ...(quoted && { reply_to: quoted.id }),
      ...(isGuarded && { seen_seq: this.seenSeq(conv) }),
    };
    outbox.put(conv, message, after);
    drafts.clear(conv, mode);
    this.sentFiles = uploads.clear(conv, mode);
    quote(this.ui, conv, null);
    signs.stopped();
    this.mayUndo = conv;
    void this.desk.threads.toEnd(conv);
    return true;
  }

  /** Again what a newer reply has stopped, now that it was seen. */
  sendAnyway(conv: Id, clientId: Id, newer: Message): void {
    this.desk.outbox.retry(clientId, Math.max(newer.seq, this.seenSeq(conv)));
  }

  /** Back into the composer, from where it can be sent as something else; whether it is there. */
  takeBack(conv: Id, clientId: Id): boolean {
    const item = this.desk.outbox.list(conv).find((each) => each.message.client_id === clientId);
    if (item === undefined || !this.desk.outbox.discard(clientId)) return false;
    const { visibility = "public", body, attachments = [] } = item.message;
    const { body: written } = this.desk.drafts.state(conv, visibility);
    const text = written.trim() === "" ? body : `${body}\n\n${written}`;
    this.desk.drafts.write(conv, visibility, { body: text, attachments });
    // Where it can be seen.
    setMode(this.ui, conv, visibility);
    return true;
  }

  mayChange(message: Message): boolean {
    if (message.deleted || message.author?.id !== this.desk.me) return false;
    if (message.visibility === "note") return true;
    return this.desk.now() - Date.parse(message.created_at) < PUBLIC_MS;
  }

  /** The last one that may still be changed. */
  lastOwn(conv: Id): Message | null {
    const { messages } = this.desk.threads.get(conv).thread;
    return messages.findLast((each) => this.mayChange(each)) ?? null;
  }

  async edit(conv: Id, message: Message, body: string): Promise<boolean> {
    return this.attempt(() => this.desk.api.edit(conv, message.id, body));
  }

  async remove(conv: Id, message: Message): Promise<boolean> {
    return this.attempt(() => this.desk.api.remove(conv, message.id));
  }

  /** With every keystroke: what is undone from here on is what was written. */
  write(conv: Id, mode: Visibility, text: string): void {
    this.mayUndo = null;
    const { drafts, signs } = this.desk;
    drafts.write(conv, mode, { body: text, attachments: drafts.state(conv, mode).attachments });
    if (text === "") signs.stopped();
    else signs.typed(mode);
  }

  isUndoable(conv: Id): boolean {
    return this.mayUndo === conv;
  }

  /** What was just sent: deleted, and its text back in the composer. */
  async undoSend(conv: Id): Promise<void> {
    this.mayUndo = null;
    const { outbox, drafts, uploads, i18n, settings } = this.desk;
    const waiting = outbox.list(conv).findLast((each) => each.state !== "sent");
    if (waiting) {
      // What may have arrived is not there to be written again; once it is seen it is deleted.
      if (!this.takeBack(conv, waiting.message.client_id)) this.mayUndo = conv;
      return;
    }
    const last = this.lastOwn(conv);
    const within = settings.preferences.undo_seconds * 1000;
    if (last === null || this.desk.now() - Date.parse(last.created_at) > within) return;
    if (!(await this.remove(conv, last))) return;
    const { body, attachments } = drafts.state(conv, last.visibility);
    const text = body.trim() === "" ? last.body : `${last.body}\n\n${body}`;
    drafts.write(conv, last.visibility, { body: text, attachments });
    // With its message a file is deleted, so it goes up once more.
    const files = this.sentFiles.length === last.attachments.length ? this.sentFiles : [];
    uploads.add(conv, last.visibility, files);
    setMode(this.ui, conv, last.visibility);
    const isWhole = files.length === last.attachments.length;
    toast(this.ui, i18n.t(isWhole ? "toast.unsent" : "toast.unsent_files"));
  }

  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      this.deeds.failed(asApiError(thrown));
      return false;
    }
  }

  private seenSeq(conv: Id): number {
    const { thread } = this.desk.threads.get(conv);
    return Math.max(thread.hasAfter ? 0 : thread.head, lastSeq(thread));
  }

  private kindOf(conv: Id): string | undefined {
    return this.desk.talks.get(conv).row?.kind;
  }
}
