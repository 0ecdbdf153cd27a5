/** The list that is shown; one that was shown before is there at once, and read anew. */

import { Inbox } from "../../core/inbox";
import type { InboxFeed } from "../../core/inboxfeed";
import { Listeners } from "../../core/listeners";
import type { Conversation, Page } from "../../core/types";
import type { View } from "../../core/view";

const MOST_KEPT = 12;

export class Lists {
  /** Another list, or news about whether it can be read. */
  readonly onChange = new Listeners();
  current: Inbox | null = null;
  error: Error | null = null;
  private readonly known = new Map<string, Inbox>();
  private off: () => void = () => {};

  constructor(private readonly feed: InboxFeed) {
    feed.onError.add((error) => this.failed(error));
  }

  show(view: View, brought?: Page<Conversation>): void {
    const key = `${view.id} ${view.order} ${JSON.stringify(view.query)}`;
    const inbox = this.known.get(key) ?? new Inbox(view);
    this.known.delete(key);
    this.known.set(key, inbox);
    for (const each of [...this.known.keys()].slice(0, -MOST_KEPT)) this.known.delete(each);
    this.off();
    // Nobody points any more at the one before.
    if (this.current !== inbox) this.current?.release();
    this.current = inbox;
    this.error = null;
    this.off = inbox.onChange.add(() => this.readWell());
    this.feed.show(inbox, brought);
    this.onChange.tell();
  }

  retry(): void {
    this.error = null;
    this.feed.refresh();
    this.onChange.tell();
  }

  private readWell(): void {
    if (this.error === null || !this.current?.list.isLoaded) return;
    this.error = null;
    this.onChange.tell();
  }

  private failed(error: Error): void {
    this.error = error;
    this.onChange.tell();
  }
}
