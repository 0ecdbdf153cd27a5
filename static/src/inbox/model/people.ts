/** Colleagues, whom one assigns to, mentions and talks with. */

import { Listeners } from "../../core/listeners";
import type { InboxApi, Member } from "../api";

export class People {
  readonly onChange = new Listeners();
  members: readonly Member[] = [];
  private loading: Promise<void> | null = null;

  constructor(private readonly api: Pick<InboxApi, "members">) {}

  /** Read once; again where that did not work. */
  load(): Promise<void> {
    this.loading ??= this.api
      .members()
      .then((members) => {
        this.members = members;
        this.onChange.tell();
      })
      .catch(() => {
        this.loading = null;
      });
    return this.loading;
  }
}
