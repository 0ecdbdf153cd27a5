/** Changes of a text as if they were typed, so that the browser's own undo knows them. */

import type { RefObject } from "react";
import type { Change } from "./formatting";

export function applyChange(field: HTMLTextAreaElement | null, change: Change): void {
  if (field === null) return;
  field.focus();
  field.setSelectionRange(change.from, change.to);
  const isTyped =
    typeof document.execCommand === "function" &&
    document.execCommand("insertText", false, change.insert);
  if (!isTyped) {
    const { value } = field;
    const text = value.slice(0, change.from) + change.insert + value.slice(change.to);
    // Past React, which would take what it has set itself for no change.
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(change.start, change.end);
}

export type Field = RefObject<HTMLTextAreaElement | null>;
