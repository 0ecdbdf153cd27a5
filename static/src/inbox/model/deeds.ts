/** What one does to conversations: shown at once, sent, and taken back where the server refuses. */

import { type ApiError, asApiError } from "../../core/errors";
import { lastSeq } from "../../core/thread";
import type {
  Conversation,
  ConversationWhole,
  DepartmentRef,
  Id,
  Person,
  Priority,
  Status,
} from "../../core/types";
import type { Desk } from "../desk";
import type { Key } from "../words";
import type { Talk } from "./talks";
import { PRIORITY_KEYS, STATUS_KEYS, toast, type Ui } from "./ui";

type Changes = Partial<ConversationWhole>;

export class Deeds {
  private isGoingBack = false;

  constructor(
    private readonly desk: Desk,
    private readonly ui: Ui,
  ) {}

  /** Whether it was done. */
  setStatus(conv: Id, status: Status): Promise<boolean> {
    const before = this.row(conv)?.status ?? null;
    const text = this.desk.i18n.t("toast.status", { status: this.word(STATUS_KEYS[status]) });
    const ask = () => this.desk.api.setStatus(conv, status);
    const back =
      before === null || before === status ? null : () => this.setStatusBack(conv, status, before);
    return this.change(conv, { status }, ask, text, back);
  }

  claim(conv: Id): Promise<boolean> {
    const { me } = this.desk.boot;
    const assignee: Person = { ...me.member, role: me.role, avatar: null };
    const back = () => void this.assign(conv, null);
    const text = this.word("toast.claimed");
    return this.change(conv, { assignee }, () => this.desk.api.claim(conv), text, back);
  }

  assign(conv: Id, assignee: Person | null): Promise<boolean> {
    const before = this.row(conv)?.assignee ?? null;
    const text =
      assignee === null
        ? this.word("toast.unassigned")
        : this.desk.i18n.t("toast.assigned", { name: assignee.name });
    const ask = () => this.desk.api.assign(conv, assignee?.id ?? null);
    return this.change(conv, { assignee }, ask, text, () => void this.assign(conv, before));
  }

  setDepartment(conv: Id, department: DepartmentRef): Promise<boolean> {
    const before = this.row(conv)?.department ?? null;
    const text = this.desk.i18n.t("toast.moved", { name: department.name });
    const ask = () => this.desk.api.change(conv, { department: department.id });
    const back = before && (() => void this.setDepartment(conv, before));
    return this.change(conv, { department }, ask, text, back);
  }

  setPriority(conv: Id, priority: Priority): Promise<boolean> {
    const before = this.row(conv)?.priority ?? null;
    const text = this.desk.i18n.t("toast.priority", {
      priority: this.word(PRIORITY_KEYS[priority]),
    });
    const ask = () => this.desk.api.change(conv, { priority });
    const back = before && (() => void this.setPriority(conv, before));
    return this.change(conv, { priority }, ask, text, back);
  }

  setTags(conv: Id, tags: string[]): Promise<boolean> {
    const before = this.row(conv)?.tags ?? [];
    const ask = () => this.desk.api.change(conv, { tags });
    const back = () => this.setTags(conv, before);
    return this.change(conv, { tags }, ask, this.word("toast.labels"), back);
  }

  setSubject(conv: Id, subject: string): Promise<boolean> {
    return this.change(conv, { subject }, () => this.desk.api.change(conv, { subject }));
  }

  setAttribute(conv: Id, key: string, value: unknown): Promise<boolean> {
    const { whole } = this.desk.talks.get(conv);
    const attributes = { ...whole?.attributes, [key]: value };
    const ask = () => this.desk.api.change(conv, { attributes: { [key]: value } });
    return this.change(conv, { attributes }, ask);
  }

  /** Until a time, until a reply where there is none, or no longer. */
  snooze(conv: Id, until: string | null, isUntilReply = false): Promise<boolean> {
    const { i18n, api } = this.desk;
    const isOver = until === null && !isUntilReply;
    const text = isOver
      ? this.word("toast.awake")
      : until === null
        ? this.word("toast.snoozed_reply")
        : i18n.t("toast.snoozed", { when: i18n.full(until) });
    const before = this.row(conv)?.snoozed_until ?? null;
    const shown = isUntilReply ? FAR : until;
    const ask = () => (isUntilReply ? api.snooze(conv, null, true) : api.snooze(conv, until));
    const back = () => this.snooze(conv, before === FAR ? null : before, before === FAR);
    return this.change(conv, { snoozed_until: shown }, ask, text, back);
  }

  merge(conv: Id, into: Conversation): Promise<boolean> {
    const text = this.desk.i18n.t("toast.merged", { number: `#${into.number}` });
    const guess: Changes = { status: "closed", merged_into: into.id };
    return this.change(conv, guess, () => this.desk.api.merge(conv, into.id), text);
  }

  setFollowing(conv: Id, following: boolean): Promise<boolean> {
    const text = this.word(following ? "toast.following" : "toast.not_following");
    const ask = () => this.desk.api.act(conv, following ? "follow" : "unfollow");
    return this.change(conv, { following }, ask, text, () => this.setFollowing(conv, !following));
  }

  setMuted(conv: Id, muted: boolean): Promise<boolean> {
    const text = this.word(muted ? "toast.muted" : "toast.not_muted");
    const ask = () => this.desk.api.act(conv, muted ? "mute" : "unmute");
    return this.change(conv, { muted }, ask, text, () => this.setMuted(conv, !muted));
  }

  setArchived(conv: Id, archived: boolean): Promise<boolean> {
    const text = this.word(archived ? "toast.archived" : "toast.unarchived");
    const ask = () => this.desk.api.act(conv, archived ? "archive" : "unarchive");
    return this.change(conv, { archived }, ask, text, () => this.setArchived(conv, !archived));
  }

  /** From a message on, or the last one. */
  async markUnread(conv: Id, seq?: number): Promise<void> {
    const { marker, talks, threads, api } = this.desk;
    const before = talks.get(conv);
    if (before.row === null) return;
    // Entries of the log that are no messages cannot be read.
    const from = seq ?? (lastSeq(threads.get(conv).thread) || before.row.last_seq);
    const unmark = marker.markUnread(conv, from);
    this.show(conv, { marked_unread: true, unread: Math.max(1, before.row.unread) });
    try {
      await api.unread(conv, from);
      toast(this.ui, this.word("toast.unread"));
    } catch (thrown) {
      unmark();
      this.takeBack(conv, before);
      this.failed(asApiError(thrown));
    }
  }

  /** What failed, said where it can be seen. */
  failed(error: ApiError): void {
    const text = error.told || this.word("error.failed");
    toast(this.ui, text, { tone: "bad", detail: error.requestId ?? "" });
  }

  /** What is resolved is opened first; the server takes no other way. */
  private async setStatusBack(conv: Id, from: Status, to: Status): Promise<void> {
    const open = () => this.desk.api.setStatus(conv, "open");
    const isFar = from === "resolved" && to !== "open";
    if (isFar && !(await this.change(conv, { status: "open" }, open))) return;
    this.goBack(() => this.setStatus(conv, to));
  }

  private async change(
    conv: Id,
    changes: Changes,
    ask: () => Promise<ConversationWhole>,
    text?: string,
    undo: (() => unknown) | null = null,
  ): Promise<boolean> {
    const before = this.desk.talks.get(conv);
    const isBack = this.isGoingBack;
    this.show(conv, changes);
    try {
      const whole = await ask();
      this.desk.talks.tellWhole(whole);
      this.desk.lists.current?.tell(whole);
      if (text) toast(this.ui, text, { undo: isBack ? null : undo && (() => this.goBack(undo)) });
      return true;
    } catch (thrown) {
      this.takeBack(conv, before);
      this.failed(asApiError(thrown));
      return false;
    }
  }

  /** What takes something back is not offered to be taken back: a second press would hit that. */
  private goBack(undo: () => unknown): void {
    this.isGoingBack = true;
    void undo();
    this.isGoingBack = false;
  }

  /** As it was, unless what others did has come meanwhile: that may be why it was refused. */
  private takeBack(conv: Id, { row, whole }: Talk): void {
    const { talks, lists } = this.desk;
    if (row === null || (this.row(conv)?.version ?? 0) > row.version) return;
    talks.tell(row);
    if (whole !== null) talks.tellWhole(whole);
    lists.current?.tell(row);
  }

  private show(conv: Id, changes: Changes): void {
    const { talks, lists } = this.desk;
    talks.guess(conv, changes);
    const row = this.row(conv);
    const list = lists.current;
    if (row === null || list === null) return;
    const leaves = list.view.matches?.({ ...row, ...changes }) === false;
    list.tell({ ...row, ...changes });
    if (leaves) list.leave(conv);
  }

  private row(conv: Id): Conversation | null {
    return this.desk.talks.get(conv).row ?? this.desk.lists.current?.row(conv) ?? null;
  }

  private word(key: Key): string {
    return this.desk.i18n.t(key);
  }
}

/** How the server tells that it is snoozed until a reply. */
export const FAR = "9999-12-31T00:00:00Z";
