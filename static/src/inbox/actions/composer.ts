/** What can be done while one writes. */

import { edit, modeOf, setMode } from "../model/ui";
import type { ComposerHandle, Context, Page } from "../page";
import type { Deed, Deeds } from "./all";

const format = (mark: Parameters<ComposerHandle["wrap"]>[0]): Deed => ({
  when: ({ page }) => isWriting(page),
  run: ({ page }) => page.handles.composer?.wrap(mark),
});

/** Ctrl+Enter of those who want Enter to begin a line is the composer's own. */
export const inComposer: Deeds = {
  "composer.send": {
    when: ({ page, conv }) =>
      conv !== null && isWriting(page) && page.desk.settings.preferences.send_key === "enter",
    run: ({ page, conv }) => conv && page.speaking.send(conv),
  },
  "composer.send_resolve": {
    when: ({ page, talk }) => talk?.row?.kind === "customer" && isWriting(page),
    run: ({ page, conv }) => conv && sendAndResolve(page, conv),
  },
  "composer.switch": {
    when: ({ talk }) => talk?.row?.kind === "customer",
    run: ({ page, conv }) => conv && switchMode(page, conv),
  },
  "composer.edit_last": {
    when: (context) => isEmpty(context) && lastOwn(context) !== null,
    run: (context) => context.conv && edit(context.page.ui, context.conv, lastOwn(context)),
  },
  "composer.bold": format("bold"),
  "composer.italic": format("italic"),
  "composer.link": format("link"),
  "composer.undo_send": {
    when: (context) =>
      isEmpty(context) && context.conv !== null && context.page.speaking.isUndoable(context.conv),
    run: ({ page, conv }) => conv && void page.speaking.undoSend(conv),
  },
};

export function sendAndResolve(page: Page, conv: string): void {
  if (page.speaking.send(conv, "resolve")) page.advance(conv);
}

function switchMode(page: Page, conv: string): void {
  setMode(page.ui, conv, modeOf(page.ui.getState(), conv) === "note" ? "public" : "note");
  page.handles.composer?.focus();
}

function lastOwn({ page, conv }: Context) {
  return conv === null ? null : page.speaking.lastOwn(conv);
}

function isEmpty({ page, conv }: Context): boolean {
  if (conv === null) return false;
  const { body } = page.desk.drafts.state(conv, modeOf(page.ui.getState(), conv));
  return body === "" && isWriting(page);
}

/** Enter in a search field beside the text sends nothing, nor does the field of an older message. */
function isWriting(page: Page): boolean {
  const isEditing = (page.place?.conv ?? "") in page.ui.getState().edits;
  return !isEditing && document.activeElement?.id === "composer-text";
}
