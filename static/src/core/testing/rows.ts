/** Rows of a list that differ in when something happened in them last. */

import type { Inbox } from "../inbox";
import type { Conversation } from "../types";
import type { View } from "../view";
import { conversation } from "./objects";

export const at = (second: number) => `2026-03-01T10:00:${String(second).padStart(2, "0")}Z`;

export function row(id: string, second: number, fields: Partial<Conversation> = {}): Conversation {
  return conversation(id, { last_activity_at: at(second), last_seq: second, ...fields });
}

export const OPEN: View = {
  id: "open",
  query: { status: "open" },
  order: "-last_activity_at",
  matches: (each) => each.status === "open",
};

export const ids = (inbox: Inbox) => inbox.list.rows.map((each) => each.id).join(" ");
