/** What one can do, once: the palette, shortcuts, menus, tooltips and the help sheet read it here. */

/** Where the keys of an action work; actions of a place go before those of the whole page. */
export type Scope = "global" | "conversation" | "list" | "thread" | "composer";

export interface Action<Context> {
  readonly id: string;
  /** A key of the catalogue. */
  readonly title: string;
  readonly scope: Scope;
  /** As in `Mod+Shift+Enter`, `?`, or `g i` for one after the other. */
  readonly keys: readonly string[];
  /** Its keys work in text fields too, where a shortcut of plain keys does not. */
  readonly inText?: boolean;
  /** A key that is held down does it again and again. */
  readonly repeats?: boolean;
  readonly when?: (context: Context) => boolean;
  /** Why not now, as a key of the catalogue; null where it can be done. */
  readonly disabled?: (context: Context) => string | null;
  readonly run: (context: Context) => void;
}

export interface Choice<Context> {
  readonly action: Action<Context>;
  readonly reason: string | null;
}

export class Actions<Context> {
  private readonly all = new Map<string, Action<Context>>();

  /** Gives back what takes them off again. */
  register(...actions: Action<Context>[]): () => void {
    for (const action of actions) {
      if (this.all.has(action.id)) throw new Error(`There are two actions ${action.id}.`);
      this.all.set(action.id, action);
    }
    return () => {
      for (const { id } of actions) this.all.delete(id);
    };
  }

  get(id: string): Action<Context> | null {
    return this.all.get(id) ?? null;
  }

  list(): Action<Context>[] {
    return [...this.all.values()];
  }

  /** What there is here, and why some of it cannot be done now. */
  choices(context: Context): Choice<Context>[] {
    return this.list()
      .filter((action) => action.when?.(context) ?? true)
      .map((action) => ({ action, reason: action.disabled?.(context) ?? null }));
  }

  /** Whether it could be done. */
  run(id: string, context: Context): boolean {
    const action = this.all.get(id);
    const isPossible = action !== undefined && (action.when?.(context) ?? true);
    if (!isPossible || (action.disabled?.(context) ?? null) !== null) return false;
    action.run(context);
    return true;
  }
}
