/** What can be done among the messages. */

import { quote, setMode } from "../model/ui";
import type { Context, FeedHandle, Page } from "../page";
import type { Deed, Deeds } from "./all";

const feed = (run: (feed: FeedHandle) => void): Deed => ({
  when: ({ page }) => page.handles.feed !== null,
  run: ({ page }) => page.handles.feed && run(page.handles.feed),
});

const PAGE = 8;

export const inThread: Deeds = {
  "thread.next": feed((each) => each.move(1)),
  "thread.previous": feed((each) => each.move(-1)),
  "thread.page_down": feed((each) => each.move(PAGE)),
  "thread.page_up": feed((each) => each.move(-PAGE)),
  "thread.first": feed((each) => each.toFirst()),
  "thread.last": feed((each) => each.toLast()),
  "thread.first_unread": {
    when: (context) => newFrom(context) !== null,
    run: (context) => {
      const seq = newFrom(context);
      if (seq !== null && context.conv) void context.page.desk.threads.jumpTo(context.conv, seq);
    },
  },
  "message.menu": feed((each) => each.openMenu()),
  "message.quote": {
    when: ({ page }) => page.handles.feed?.current() != null,
    run: ({ page, conv }) => conv && quoteCurrent(page, conv),
  },
};

function quoteCurrent(page: Page, conv: string): void {
  const seq = page.handles.feed?.current();
  const { messages } = page.desk.threads.get(conv).thread;
  const message = messages.find((each) => each.seq === seq);
  if (message === undefined || message.deleted) return;
  // Customers must not read it.
  if (message.visibility === "note") setMode(page.ui, conv, "note");
  quote(page.ui, conv, message);
  page.handles.composer?.focus();
}

function newFrom({ page, conv }: Context): number | null {
  return conv === null ? null : page.desk.threads.get(conv).thread.newFrom;
}
