import type { ConversationWhole } from "../../core/types";

/** Nothing can be said where it is closed, merged or put away. */
export function lockOf(whole: ConversationWhole | null) {
  if (whole === null) return null;
  if (whole.merged_into !== null) return "composer.merged";
  if (whole.status === "closed") return "composer.closed";
  return whole.archived ? "composer.archived" : null;
}
