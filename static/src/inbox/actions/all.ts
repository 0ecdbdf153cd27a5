/** Every action of the inbox, for the palette, keys, menus, tooltips and the help sheet. */

import type { Action, Actions, Scope } from "../../core/actions";
import { SHORTCUTS, type ShortcutId } from "../../core/shortcuts";
import type { Context } from "../page";
import type { Key } from "../words";
import { inComposer } from "./composer";
import { inConversation } from "./conversation";
import { anywhere } from "./global";
import { inList } from "./list";
import { inThread } from "./thread";

/** What an action does, and when; its keys and its name come by its id. */
export type Deed = Pick<Action<Context>, "when" | "disabled" | "run">;

/** Those without keys of their own. */
export type KeylessId =
  | "conversation.reopen"
  | "conversation.pending"
  | "conversation.on_hold"
  | "conversation.status"
  | "conversation.wake"
  | "conversation.mute"
  | "conversation.archive"
  | "conversation.unassign"
  | "conversation.follow_up"
  | "list.select_all"
  | "list.clear"
  | "view.save"
  | "preferences.open"
  | "session.sign_out";

export type ActionId = ShortcutId | KeylessId;
export type Deeds = Partial<Record<ActionId, Deed>>;

const SCOPES: Record<KeylessId, Scope> = {
  "conversation.reopen": "conversation",
  "conversation.pending": "conversation",
  "conversation.on_hold": "conversation",
  "conversation.status": "conversation",
  "conversation.wake": "conversation",
  "conversation.mute": "conversation",
  "conversation.archive": "conversation",
  "conversation.unassign": "conversation",
  "conversation.follow_up": "conversation",
  "list.select_all": "list",
  "list.clear": "list",
  "view.save": "global",
  "preferences.open": "global",
  "session.sign_out": "global",
};

const ALL: Deeds = { ...anywhere, ...inList, ...inConversation, ...inThread, ...inComposer };

export const ACTION_IDS = Object.keys(ALL) as ActionId[];

export function register(actions: Actions<Context>): void {
  for (const [id, deed] of Object.entries(ALL) as [ActionId, Deed][]) {
    actions.register({ id, title: titleOf(id), ...shortcutOf(id), ...deed });
  }
}

export function titleOf(id: ActionId): Key {
  return `action.${id}` as Key;
}

function shortcutOf(id: ActionId): Pick<Action<Context>, "scope" | "keys"> {
  if (id in SHORTCUTS) return SHORTCUTS[id as ShortcutId];
  return { scope: SCOPES[id as KeylessId], keys: [] };
}
