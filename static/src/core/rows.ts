/** What is drawn of a thread, from top to bottom: days, the New divider, messages, thin lines. */

import type { Outgoing } from "./outbox";
import type { Line, Thread } from "./thread";
import type { Message } from "./types";

const GROUP_MS = 60_000;
/** More lines in a row than these are folded. */
const MOST_LINES = 3;

export type Row =
  | { kind: "day"; key: string; day: string }
  | { kind: "new"; key: "new" }
  /** `isFirst` and `isLast` of what the same person said within a minute. */
  | { kind: "message"; key: string; message: Message; isFirst: boolean; isLast: boolean }
  | { kind: "lines"; key: string; lines: readonly Line[]; isFolded: boolean }
  /** Our own, not in the log yet; it becomes a message with the same key. */
  | { kind: "outgoing"; key: string; outgoing: Outgoing; isFirst: boolean; isLast: boolean };

type Said = Extract<Row, { kind: "message" | "outgoing" }>;

/** `dayOf` names the day of a moment in the reader's time zone. */
export function rowsOf(
  thread: Thread,
  outgoing: readonly Outgoing[],
  me: string,
  dayOf: (at: number) => string,
): Row[] {
  const rows: Row[] = [];
  let day = "";
  const turnTo = (at: number) => {
    const next = dayOf(at);
    if (next !== day) rows.push({ kind: "day", key: `day-${next}`, day: next });
    day = next;
  };
  for (const entry of entriesOf(thread)) {
    turnTo(Date.parse("type" in entry ? entry.at : entry.created_at));
    if ("type" in entry) {
      addLine(rows, entry);
    } else {
      if (entry.seq === thread.newFrom) rows.push({ kind: "new", key: "new" });
      rows.push(rowOf(entry));
    }
  }
  for (const each of waiting(thread, outgoing)) {
    turnTo(each.writtenAt);
    const key = each.message.client_id;
    rows.push({ kind: "outgoing", key, outgoing: each, isFirst: true, isLast: true });
  }
  return grouped(rows, me);
}

/** Those that the log does not show yet. */
export function waiting(thread: Thread, outgoing: readonly Outgoing[]): Outgoing[] {
  const known = new Set(thread.messages.map((each) => each.client_id));
  return outgoing.filter((each) => !known.has(each.message.client_id));
}

function entriesOf(thread: Thread): (Message | Line)[] {
  return [...thread.messages, ...thread.lines].sort((a, b) => a.seq - b.seq);
}

function rowOf(message: Message): Row {
  // The key of the outgoing row, so that the echo does not draw it anew.
  const key = message.client_id ?? message.id;
  return { kind: "message", key, message, isFirst: true, isLast: true };
}

function addLine(rows: Row[], line: Line): void {
  const before = rows.at(-1);
  if (before?.kind !== "lines") {
    rows.push({ kind: "lines", key: `line-${line.seq}`, lines: [line], isFolded: false });
    return;
  }
  const lines = [...before.lines, line];
  rows[rows.length - 1] = { ...before, lines, isFolded: lines.length > MOST_LINES };
}

function grouped(rows: Row[], me: string): Row[] {
  return rows.map((row, at) => {
    if (!isSaid(row)) return row;
    const [before, after] = [rows[at - 1], rows[at + 1]];
    return {
      ...row,
      isFirst: before === undefined || !isSaid(before) || !belongs(before, row, me),
      isLast: after === undefined || !isSaid(after) || !belongs(row, after, me),
    };
  });
}

function isSaid(row: Row): row is Said {
  return row.kind === "message" || row.kind === "outgoing";
}

function belongs(one: Said, next: Said, me: string): boolean {
  const [a, b] = [factsOf(one, me), factsOf(next, me)];
  const isSame = a.author === b.author && a.visibility === b.visibility;
  return isSame && a.author !== null && b.at - a.at <= GROUP_MS;
}

function factsOf(row: Said, me: string) {
  if (row.kind === "outgoing") {
    const { message, writtenAt: at } = row.outgoing;
    return { author: me, visibility: message.visibility ?? "public", at };
  }
  const { author, visibility, created_at: at } = row.message;
  return { author: author?.id ?? null, visibility, at: Date.parse(at) };
}
