/** The keys as they are before anybody changes them. */

import type { Scope } from "./actions";

export interface Shortcut {
  readonly scope: Scope;
  readonly keys: readonly string[];
  readonly inText?: boolean;
  readonly repeats?: boolean;
}

const composer = (...keys: string[]): Shortcut => ({ scope: "composer", keys, inText: true });
const global = (...keys: string[]): Shortcut => ({ scope: "global", keys });
const inConversation = (...keys: string[]): Shortcut => ({ scope: "conversation", keys });
const inList = (...keys: string[]): Shortcut => ({ scope: "list", keys });
const inThread = (...keys: string[]): Shortcut => ({ scope: "thread", keys });
const again = (shortcut: Shortcut): Shortcut => ({ ...shortcut, repeats: true });

export const SHORTCUTS = {
  "palette.open": global("Mod+k"),
  "search.open": global("/"),
  "help.open": global("?"),
  "conversation.new": global("c"),
  "go.mine": global("g i"),
  "go.unassigned": global("g u"),
  "go.mentions": global("g m"),
  "go.snoozed": global("g s"),
  "go.resolved": global("g r"),
  "go.all": global("g a"),
  "go.team": global("g t"),
  "panes.list": global("b"),
  "panes.details": global("v"),
  "panes.next": global("F6"),
  "panes.previous": global("Shift+F6"),
  "page.escape": global("Escape"),
  "list.next": again(inList("j", "ArrowDown")),
  "list.previous": again(inList("k", "ArrowUp")),
  "list.open": inList("Enter", "o"),
  "list.select": inList("x"),
  "list.extend_next": again(inList("Shift+j")),
  "list.extend_previous": again(inList("Shift+k")),
  "list.first": inList("Home"),
  "list.last": inList("End"),
  "conversation.unread": inConversation("Shift+u"),
  "conversation.reply": inConversation("r"),
  "conversation.note": inConversation("n"),
  "conversation.resolve": inConversation("e"),
  "conversation.resolve_next": inConversation("Shift+e"),
  "conversation.snooze": inConversation("z"),
  "conversation.claim": inConversation("i"),
  "conversation.assign": inConversation("a"),
  "conversation.department": inConversation("d"),
  "conversation.priority": inConversation("p"),
  "conversation.labels": inConversation("l"),
  "conversation.merge": inConversation("m"),
  "conversation.follow": inConversation("f"),
  "conversation.copy_link": inConversation("y"),
  "conversation.menu": inConversation("."),
  "thread.next": again(inThread("ArrowDown")),
  "thread.previous": again(inThread("ArrowUp")),
  "thread.page_down": again(inThread("PageDown")),
  "thread.page_up": again(inThread("PageUp")),
  "thread.first": inThread("Home"),
  "thread.last": inThread("End"),
  "thread.first_unread": inThread("u"),
  "message.menu": inThread("Enter"),
  "message.quote": inThread("q"),
  "composer.send": composer("Enter"),
  "composer.send_resolve": composer("Mod+Shift+Enter"),
  "composer.switch": composer("Mod+j"),
  "composer.edit_last": composer("ArrowUp"),
  "composer.bold": composer("Mod+b"),
  "composer.italic": composer("Mod+i"),
  "composer.link": composer("Mod+Shift+l"),
  "composer.undo_send": composer("Mod+z"),
} satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof SHORTCUTS;
