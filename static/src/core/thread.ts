/**
 * The window that shows a part of a conversation: at most 300 messages, paged both ways, with
 * entries of the log folded in. Plain values and pure functions; rows.ts makes of it what is drawn.
 */

import type { LogEvent, Message, MessageData, MessagePage } from "./types";

export const MOST_MESSAGES = 300;

/** An entry that is no message, as a thin line. */
export type Line = Exclude<LogEvent, { type: `message.${string}` }>;

export interface Thread {
  /** By seq. */
  readonly messages: readonly Message[];
  readonly lines: readonly Line[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
  /** The end of the log, as far as is known. */
  readonly head: number;
  /** The view is at the end and stays there, so what arrives may push out what is above. */
  readonly isPinned: boolean;
  /** Messages of others that came while the view was elsewhere. */
  readonly newBelow: number;
  /** The New divider stands before this message until one leaves the conversation. */
  readonly newFrom: number | null;
}

export const EMPTY_THREAD: Thread = {
  messages: [],
  lines: [],
  hasBefore: false,
  hasAfter: false,
  head: 0,
  isPinned: true,
  newBelow: 0,
  newFrom: null,
};

/** As it is opened: `unread` of its row tells where the divider goes. */
export function opened(page: MessagePage, unread = 0): Thread {
  const thread = shown(EMPTY_THREAD, page);
  return {
    ...thread,
    isPinned: unread === 0 && !thread.hasAfter,
    newFrom: firstUnread(page, unread),
  };
}

/** Another part of the same conversation in place of this one, or the same read anew. */
export function shown(thread: Thread, page: MessagePage): Thread {
  return {
    ...thread,
    messages: sorted(page.results),
    lines: [],
    hasBefore: page.has_before,
    hasAfter: page.has_after,
    head: page.head,
    newBelow: page.has_after ? thread.newBelow : 0,
  };
}

/** With the page before the first message; what is too much falls off at the end. */
export function withBefore(thread: Thread, page: MessagePage): Thread {
  const messages = merged(thread.messages, page.results);
  const kept = messages.slice(0, MOST_MESSAGES);
  const isCut = kept.length < messages.length;
  return {
    ...thread,
    messages: kept,
    lines: isCut ? linesUpTo(thread.lines, last(kept)) : thread.lines,
    hasBefore: page.has_before,
    hasAfter: thread.hasAfter || isCut,
    isPinned: thread.isPinned && !isCut,
  };
}

/** With the page after the last message. */
export function withAfter(thread: Thread, page: MessagePage): Thread {
  return {
    ...ending(thread, merged(thread.messages, page.results)),
    hasAfter: page.has_after,
    head: Math.max(thread.head, page.head),
  };
}

/** With entries of the log; those that are known already change nothing. */
export function withEvents(thread: Thread, events: readonly LogEvent[], me = ""): Thread {
  return events.reduce((before, event) => withEvent(before, event, me), thread);
}

/** Told by the view: whether it is at the end and follows what comes. */
export function pinned(thread: Thread, isAtEnd: boolean): Thread {
  const isPinned = isAtEnd && !thread.hasAfter;
  if (isPinned === thread.isPinned && (!isPinned || thread.newBelow === 0)) return thread;
  return { ...thread, isPinned, newBelow: isPinned ? 0 : thread.newBelow };
}

/** Where the divider goes: the server counts unread messages from the end. */
export function firstUnread(page: MessagePage, unread: number): number | null {
  if (unread <= 0 || page.has_after) return null;
  return page.results.at(-Math.min(unread, page.results.length))?.seq ?? null;
}

export function lastSeq(thread: Thread): number {
  return last(thread.messages);
}

function withEvent(thread: Thread, event: LogEvent, me: string): Thread {
  const seen = { ...thread, head: Math.max(thread.head, event.seq) };
  if (isLine(event)) return withLine(seen, event);
  const message = wholeOf(event.data);
  if (message === null) return seen;
  if (thread.messages.some((each) => each.id === message.id)) return changed(seen, message);
  // An edit of what stands outside the window is no news to it.
  return event.type === "message.created" ? arrived(seen, message, me) : seen;
}

function withLine(thread: Thread, line: Line): Thread {
  const first = thread.messages[0]?.seq ?? 0;
  const isBefore = thread.hasBefore && line.seq < first;
  const isAfter = thread.hasAfter && line.seq > lastSeq(thread);
  if (isBefore || isAfter || thread.lines.some((each) => each.seq === line.seq)) return thread;
  return { ...thread, lines: sorted([...thread.lines, line]) };
}

function changed(thread: Thread, message: Message): Thread {
  const messages = thread.messages.map((each) =>
    each.id === message.id ? newerOf(each, message) : each,
  );
  return { ...thread, messages };
}

function arrived(thread: Thread, message: Message, me: string): Thread {
  const isOwn = message.author?.id === me;
  const isBelow = message.seq > lastSeq(thread);
  const newBelow = thread.newBelow + Number(isBelow && !isOwn && !thread.isPinned);
  if (!isBelow) return placed(thread, message);
  const isFull = thread.messages.length >= MOST_MESSAGES && !thread.isPinned;
  if (thread.hasAfter || isFull) return { ...thread, hasAfter: true, newBelow };
  return { ...ending(thread, [...thread.messages, message]), newBelow };
}

/** With the last of these messages; what is too much falls off at the beginning. */
function ending(thread: Thread, messages: readonly Message[]): Thread {
  const kept = messages.slice(-MOST_MESSAGES);
  const isCut = kept.length < messages.length;
  return {
    ...thread,
    messages: kept,
    lines: isCut ? linesFrom(thread.lines, kept[0]?.seq ?? 0) : thread.lines,
    hasBefore: thread.hasBefore || isCut,
  };
}

/** An entry that is told late, of a place inside the window or before it. */
function placed(thread: Thread, message: Message): Thread {
  const isInside = message.seq > (thread.messages[0]?.seq ?? 0) || !thread.hasBefore;
  if (!isInside || thread.messages.length >= MOST_MESSAGES) return thread;
  return { ...thread, messages: sorted([...thread.messages, message]) };
}

function merged(known: readonly Message[], more: readonly Message[]): Message[] {
  const byId = new Map(known.map((each) => [each.id, each]));
  for (const each of more) {
    const before = byId.get(each.id);
    byId.set(each.id, before === undefined ? each : newerOf(before, each));
  }
  return sorted([...byId.values()]);
}

/** Entries are joined with the message as it was when they were read, so an old one may come late. */
function newerOf(known: Message, told: Message): Message {
  if (known.deleted !== told.deleted) return known.deleted ? known : told;
  return Date.parse(known.edited_at ?? "") > (Date.parse(told.edited_at ?? "") || 0) ? known : told;
}

function wholeOf(data: MessageData): Message | null {
  return "seq" in data && "created_at" in data ? data : null;
}

function isLine(event: LogEvent): event is Line {
  return !event.type.startsWith("message.");
}

function sorted<T extends { seq: number }>(values: readonly T[]): T[] {
  return [...values].sort((a, b) => a.seq - b.seq);
}

function last(messages: readonly Message[]): number {
  return messages.at(-1)?.seq ?? 0;
}

function linesFrom(lines: readonly Line[], seq: number): Line[] {
  return lines.filter((each) => each.seq >= seq);
}

function linesUpTo(lines: readonly Line[], seq: number): Line[] {
  return lines.filter((each) => each.seq <= seq);
}
