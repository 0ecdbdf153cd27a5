/** What is open, chosen and said on the screen at this moment. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Id, Message, Visibility } from "../../core/types";
import type { Key } from "../words";

export type Dialog =
  | { kind: "palette" }
  | { kind: "help" }
  | { kind: "preferences" }
  | { kind: "new"; follows?: Id }
  | { kind: "view"; id?: Id }
  | { kind: "merge"; conv: Id }
  | { kind: "pick"; what: Picking; convs: readonly Id[] };

/** What is chosen for one conversation, or for many at once. */
export type Picking = "assign" | "department" | "priority" | "status" | "labels" | "snooze";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "bad";
  readonly undo: (() => void) | null;
  /** Leads to the conversation that it is about. */
  readonly open: (() => void) | null;
  readonly detail: string;
}

export interface UiState {
  /** The row of the list that keys act on. */
  cursor: Id | null;
  selected: ReadonlySet<Id>;
  /** The choice that stands for all that the view holds, also for what was not read. */
  wholeOf: ReadonlySet<Id> | null;
  dialog: Dialog | null;
  /** Of each conversation; it never changes by itself. */
  modes: Readonly<Record<Id, Visibility>>;
  quotes: Readonly<Record<Id, Message>>;
  /** Of each conversation the message that is being changed, with its new words. */
  edits: Readonly<Record<Id, Edit>>;
  toasts: readonly Toast[];
  /** Of wide screens. */
  hasList: boolean;
  hasDetails: boolean;
  /** Of narrow screens, over the others. */
  drawer: "nav" | "details" | null;
  /** For screen readers. */
  said: string;
}

export interface Edit {
  readonly message: Message;
  readonly text: string;
}

export type Ui = StoreApi<UiState>;

export function makeUi(hasDetails = true): Ui {
  return createStore<UiState>(() => ({
    cursor: null,
    selected: new Set(),
    wholeOf: null,
    dialog: null,
    modes: {},
    quotes: {},
    edits: {},
    toasts: [],
    hasList: true,
    hasDetails,
    drawer: null,
    said: "",
  }));
}

export function modeOf(state: Pick<UiState, "modes">, conv: Id): Visibility {
  return state.modes[conv] ?? "public";
}

export function setMode(ui: Ui, conv: Id, mode: Visibility): void {
  ui.setState(({ modes, quotes }) => {
    // What only the staff may read is quoted to nobody else.
    const isSecret = mode === "public" && quotes[conv]?.visibility === "note";
    return {
      modes: { ...modes, [conv]: mode },
      quotes: isSecret ? changed(quotes, conv, null) : quotes,
    };
  });
}

export function quote(ui: Ui, conv: Id, message: Message | null): void {
  ui.setState(({ quotes }) => ({ quotes: changed(quotes, conv, message) }));
}

/** Begin to change a message, go on with it, or leave it as it was. */
export function edit(ui: Ui, conv: Id, message: Message | null, text = message?.body ?? ""): void {
  ui.setState(({ edits }) => ({ edits: changed(edits, conv, message && { message, text }) }));
}

function changed<T>(all: Readonly<Record<Id, T>>, conv: Id, value: T | null): Record<Id, T> {
  const { [conv]: _, ...others } = all;
  return value === null ? others : { ...others, [conv]: value };
}

export function openDialog(ui: Ui, dialog: Dialog | null): void {
  ui.setState({ dialog });
}

export function toggleSelected(ui: Ui, id: Id): void {
  ui.setState(({ selected }) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    return { selected: next };
  });
}

let toasts = 0;

/** `undo` stands for as long as the toast does. */
export function toast(
  ui: Ui,
  text: string,
  more: Partial<Pick<Toast, "tone" | "undo" | "open" | "detail">> = {},
): number {
  const id = ++toasts;
  const made: Toast = { id, text, tone: "plain", undo: null, open: null, detail: "", ...more };
  ui.setState((state) => ({ toasts: [...state.toasts.slice(-2), made] }));
  return id;
}

export function dropToast(ui: Ui, id: number): void {
  ui.setState((state) => ({ toasts: state.toasts.filter((each) => each.id !== id) }));
}

export const STATUS_KEYS = {
  open: "status.open",
  pending: "status.pending",
  on_hold: "status.on_hold",
  resolved: "status.resolved",
  closed: "status.closed",
} as const satisfies Record<string, Key>;

export const PRIORITY_KEYS = {
  low: "priority.low",
  normal: "priority.normal",
  high: "priority.high",
  urgent: "priority.urgent",
} as const satisfies Record<string, Key>;
