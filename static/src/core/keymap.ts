/** From keys to actions: one listener for the page. */

import type { Action, Actions, Scope } from "./actions";
import { chordsOf, isNoShortcut, isSingleKey, type Press, writesNothing } from "./chords";
import { Alarm, type Clock } from "./clock";
import { Listeners } from "./listeners";

/** Between the keys of a sequence. */
const SEQUENCE_MS = 1500;
const NEAREST: readonly Scope[] = ["composer", "thread", "list", "conversation", "global"];
const PRESSABLE = "button, a[href], summary, select, [role=button], [role=menuitem], [role=tab]";

export interface KeymapOptions<Context> {
  actions: Actions<Context>;
  clock: Clock;
  context: () => Context;
  /** Where one is; the keys of these scopes work. */
  scopes: () => ReadonlySet<Scope>;
  isMac: boolean;
}

export class Keymap<Context> {
  /** An action that cannot be done now was asked for; why not. */
  readonly onDisabled = new Listeners<[Action<Context>, string]>();
  private begun = "";
  private hasSingleKeys = true;
  private readonly remapped = new Map<string, readonly string[]>();
  private readonly end: Alarm;

  constructor(private readonly options: KeymapOptions<Context>) {
    this.end = new Alarm(options.clock, () => {
      this.begun = "";
    });
  }

  keysOf(action: Action<Context>): readonly string[] {
    const keys = this.remapped.get(action.id) ?? action.keys;
    return this.hasSingleKeys ? keys : keys.filter((each) => !isSingleKey(each));
  }

  /** Null gives an action its own keys back. */
  remap(id: string, keys: readonly string[] | null): void {
    if (keys === null) this.remapped.delete(id);
    else this.remapped.set(id, keys);
  }

  /** Off, keys that write something do nothing else. */
  setSingleKeys(isOn: boolean): void {
    this.hasSingleKeys = isOn;
  }

  /** Whether the press was ours; it does nothing else then. */
  handle(event: Press & Pick<KeyboardEvent, "target" | "defaultPrevented" | "preventDefault">) {
    if (event.defaultPrevented || isNoShortcut(event)) return false;
    const before = this.begun;
    this.begun = "";
    this.end.clear();
    const isTaken = chordsOf(event, this.options.isMac).some(
      (chord) =>
        (before !== "" && this.take(`${before} ${chord}`, event)) || this.take(chord, event),
    );
    if (isTaken) event.preventDefault();
    return isTaken;
  }

  private take(keys: string, event: Press & Pick<KeyboardEvent, "target">): boolean {
    const possible = this.possible(keys, event.target);
    const action = possible.find((each) => this.keysOf(each).includes(keys));
    if (action !== undefined) return this.run(action, event.repeat);
    const isBegin = possible.some((each) =>
      this.keysOf(each).some((one) => one.startsWith(`${keys} `)),
    );
    if (isBegin) {
      this.begun = keys;
      this.end.set(SEQUENCE_MS);
    }
    return isBegin;
  }

  /** What the keys may mean here, nearest first. */
  private possible(keys: string, target: EventTarget | null): Action<Context>[] {
    const { actions, context, scopes } = this.options;
    const [here, now] = [scopes(), context()];
    const isText = isTextField(target) && !writesNothing(keys);
    const isPress = keys === "Enter" && isPressable(target);
    return actions
      .list()
      .filter((each) => here.has(each.scope) && (each.inText || !(isText || isPress)))
      .filter((each) => each.when?.(now) ?? true)
      .sort((a, b) => NEAREST.indexOf(a.scope) - NEAREST.indexOf(b.scope));
  }

  private run(action: Action<Context>, isRepeat: boolean): boolean {
    // Held down, it is still ours: the browser must not do something else with it.
    if (isRepeat && !action.repeats) return true;
    const now = this.options.context();
    const reason = action.disabled?.(now) ?? null;
    if (reason === null) action.run(now);
    else this.onDisabled.tell(action, reason);
    return true;
  }
}

/** Pairs of actions that ask for the same keys in the same place. */
export function conflicts(
  all: readonly { id: string; scope: Scope; keys: readonly string[] }[],
): string[] {
  const pairs = all.flatMap((one, n) => all.slice(n + 1).map((other) => [one, other] as const));
  return pairs.flatMap(([one, other]) =>
    one.keys
      .filter(
        (keys) => other.keys.some((each) => meet(keys, each)) && overlap(one.scope, other.scope),
      )
      .map((keys) => `${keys}: ${one.id}, ${other.id}`),
  );
}

/** The same, or one is the beginning of the other and would never let it come to its end. */
function meet(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other} `) || other.startsWith(`${one} `);
}

/** Focus is in one of list, thread and composer; the others hold beside it. */
function overlap(one: Scope, other: Scope): boolean {
  const wide: Scope[] = ["global", "conversation"];
  return one === other || wide.includes(one) || wide.includes(other);
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("[contenteditable=true]")) return true;
  if (target instanceof HTMLInputElement) {
    return !["button", "checkbox", "radio", "submit", "reset", "range", "file"].includes(
      target.type,
    );
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function isPressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(PRESSABLE) !== null;
}
