/** What the page brought with it, so that its first picture asks for nothing. */

import type { Locale } from "../core/i18n";
import type { InboxPlace } from "../core/inboxfeed";
import type {
  Availability,
  Conversation,
  Counts,
  Id,
  Moment,
  Page,
  Person,
  Role,
} from "../core/types";
import type { SavedView } from "./model/views";

export type Theme = "system" | "light" | "dark";

export interface Me {
  user: { id: Id; name: string; email: string; language: Locale; theme: Theme; time_zone: string };
  member: { id: Id; name: string; email: string; availability: Availability };
  company: { id: Id; name: string; slug: string };
  role: Role;
  permissions: Record<string, boolean>;
  version: number;
}

export interface Preferences {
  density: "comfortable" | "compact";
  send_key: "enter" | "mod_enter";
  sounds: "off" | "mine" | "all";
  single_key_shortcuts: boolean;
  reduced_motion: boolean;
  undo_seconds: number;
  auto_advance: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = {
  density: "comfortable",
  send_key: "enter",
  sounds: "mine",
  single_key_shortcuts: true,
  reduced_motion: false,
  undo_seconds: 10,
  auto_advance: true,
};

export interface Department {
  id: Id;
  name: string;
  description: string;
  head: Person | null;
}

export interface Boot {
  me: Me;
  preferences: Partial<Preferences>;
  counts: Counts | null;
  departments: Page<Department> | null;
  views: Page<SavedView> | null;
  /** Of the view that is shown first. */
  page: Page<Conversation> | null;
  /** When that was read. */
  since: InboxPlace;
  /** Whether one may assign to others; everybody may take, and give back what is their own. */
  gives: boolean;
  bundle: string;
  now: Moment;
}

export function readBoot(document: Document): Boot {
  return JSON.parse(document.getElementById("boot")?.textContent ?? "null") as Boot;
}
