/** Views that were put together and kept: one's own, and those that are shared with all. */

import { asApiError } from "../../core/errors";
import { Listeners } from "../../core/listeners";
import type { Id } from "../../core/types";
import type { InboxApi } from "../api";
import type { NewView, SavedView } from "./views";

type ViewsApi = Pick<InboxApi, "savedViews" | "saveView" | "changeView" | "deleteView">;

export class SavedViews {
  readonly onChange = new Listeners();
  readonly onError = new Listeners<[Error]>();

  constructor(
    private readonly api: ViewsApi,
    /** The same array until something changes. */
    public list: readonly SavedView[],
  ) {}

  async load(): Promise<void> {
    await this.attempt(async () => this.show(await this.api.savedViews()));
  }

  /** The view as it is kept; null where that failed. */
  async save(id: Id | null, view: NewView): Promise<SavedView | null> {
    return this.attempt(async () => {
      const kept = await (id === null ? this.api.saveView(view) : this.api.changeView(id, view));
      this.show([...this.list.filter((each) => each.id !== kept.id), kept]);
      return kept;
    });
  }

  async remove(id: Id): Promise<void> {
    const before = this.list;
    this.show(before.filter((each) => each.id !== id));
    const isDone = await this.attempt(async () => {
      await this.api.deleteView(id);
      return true;
    });
    if (!isDone) this.show(before);
  }

  /** One place up or down among one's own. */
  async move(id: Id, by: -1 | 1): Promise<void> {
    const owner = this.list.find((each) => each.id === id)?.owner;
    const own = this.list.filter((each) => each.owner === owner);
    const from = own.findIndex((each) => each.id === id);
    const [one, other] = [own[from], own[from + by]];
    if (one === undefined || other === undefined) return;
    const order = own.map((each) => (each === one ? other : each === other ? one : each));
    const moved = order.map((each, position) => ({ ...each, position }));
    const changed = moved.filter(
      (each) => own.find((before) => before.id === each.id)?.position !== each.position,
    );
    const before = this.list;
    this.show([...before.filter((each) => each.owner !== owner), ...moved]);
    const isDone = await this.attempt(() =>
      Promise.all(changed.map(({ id, position }) => this.api.changeView(id, { position }))),
    );
    if (isDone === null) this.show(before);
  }

  get nextPosition(): number {
    return Math.max(-1, ...this.list.map((each) => each.position)) + 1;
  }

  private show(list: readonly SavedView[]): void {
    this.list = [...list].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
    this.onChange.tell();
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (thrown) {
      this.onError.tell(asApiError(thrown));
      return null;
    }
  }
}
