/** A browser with tabs that send, for tests. */

import { idMaker } from "../ids";
import { Outbox, type Place, type Way } from "../outbox";
import { Store } from "../store";
import type { NewMessage } from "../types";
import { ManualClock } from "./clock";
import { FakePage, MemoryStorage } from "./world";

export type Send = (way: Way, conv: string, message: NewMessage) => Promise<Place>;

/** One browser: a storage that its tabs share, and a server that stores each client_id once. */
export class Browser {
  readonly clock = new ManualClock();
  readonly storage = new MemoryStorage();
  readonly stored: NewMessage[] = [];
  readonly sent: string[] = [];
  readonly pages: FakePage[] = [];
  way: Way = "socket";
  private readonly newId = idMaker(this.clock.now);
  private readonly held = new Set<string>();

  accept: Send = async (way, _, { client_id: id, ...rest }) => {
    this.sent.push(`${way} ${rest.body}`);
    let at = this.stored.findIndex((each) => each.client_id === id);
    if (at < 0) at = this.stored.push({ client_id: id, ...rest }) - 1;
    return { id: `m${at + 1}`, seq: at + 1 };
  };
  send: Send = this.accept;

  tab(storage: Storage = this.storage): Outbox {
    const page = new FakePage();
    this.pages.push(page);
    return new Outbox({
      store: new Store(storage, "outbox.lara."),
      clock: this.clock,
      page,
      newId: this.newId,
      locks: {
        run: async (name, work) => {
          if (this.held.has(name)) return false;
          this.held.add(name);
          await work().finally(() => this.held.delete(name));
          return true;
        },
      },
      way: () => this.way,
      send: (...asked) => this.send(...asked),
      chance: () => 1,
    });
  }

  /** Browsers tell the other tabs of what one has written. */
  spread(): void {
    for (const page of this.pages) page.written(null);
  }

  bodies(): string[] {
    return this.stored.map((each) => each.body);
  }
}

export const states = (outbox: Outbox, conv = "c1") =>
  outbox.list(conv).map((each) => `${each.message.body} ${each.state}`);
export const idOf = (outbox: Outbox, at = 0) => outbox.list("c1")[at]?.message.client_id ?? "";
