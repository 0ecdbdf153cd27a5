/** The endpoints that the inbox alone uses, beside those of the core. */

import { Api } from "../core/api";
import type { Query } from "../core/http";
import type {
  Attachment,
  Availability,
  Conversation,
  ConversationWhole,
  Id,
  Kind,
  Moment,
  Page,
  Person,
  Priority,
  Status,
} from "../core/types";
import type { Department, Me, Preferences } from "./boot";
import type { NewView, SavedView } from "./model/views";

export interface Member extends Person {
  status: string;
  availability: Availability;
}

export interface Customer extends Person {
  email: string;
  phone: string;
  language: string;
  external_id: string;
  attributes: Record<string, unknown>;
  is_registered: boolean;
  version: number;
  created_at: Moment;
}

export interface Tag {
  id: Id;
  name: string;
  colour: string;
}

export interface Attribute {
  id: Id;
  key: string;
  label: string;
  kind: "text" | "number" | "boolean" | "date" | "list";
  options: string[];
}

export type Deed =
  | { action: "assign"; assignee: Id | null }
  | { action: "status"; status: Status }
  | { action: "priority"; priority: Priority }
  | { action: "department"; department: Id }
  | { action: "tag" | "untag"; tags: string[] }
  | { action: "snooze"; until: Moment | null }
  | { action: "archive" | "unarchive" | "read" };

/** These, or all that a list with these filters holds. */
export type Target = { ids: readonly Id[] } | { filter: Record<string, string> };

export interface Job {
  id: Id;
  action: Deed["action"];
  state: "running" | "done" | "undoing" | "undone";
  total: number;
  done: number;
  undone: number;
  failures: { id: Id; code: string; detail: string }[];
}

export interface NewTalk {
  client_id: Id;
  kind: Kind;
  subject?: string;
  department?: Id;
  customer?: Id;
  participants?: Id[];
  follow_up_of?: Id;
  message?: { body: string; visibility?: "public" | "note" };
}

export class InboxApi extends Api {
  me(): Promise<Me> {
    return this.http.get("me/");
  }

  changeMe(changes: Partial<{ language: string; theme: string; availability: Availability }>) {
    return this.http.patch<Me>("me/", changes);
  }

  savePreferences(preferences: Preferences): Promise<Preferences> {
    return this.http.put("me/preferences/", preferences);
  }

  departments(): Promise<Page<Department>> {
    return this.http.get("departments/", { query: { limit: 100 } });
  }

  members(): Promise<Member[]> {
    return this.all("members/", { status: "active" });
  }

  customers(query: Query): Promise<Page<Customer>> {
    return this.http.get("customers/", { query });
  }

  customer(id: Id): Promise<Customer> {
    return this.http.get(`customers/${id}/`);
  }

  changeCustomer(
    id: Id,
    changes: Partial<Pick<Customer, "name" | "email" | "phone" | "version">>,
  ): Promise<Customer> {
    return this.http.patch(`customers/${id}/`, changes);
  }

  tags(): Promise<Tag[]> {
    return this.all("tags/", {});
  }

  attributes(): Promise<Page<Attribute>> {
    return this.http.get("attributes/", { query: { limit: 100 } });
  }

  begin(talk: NewTalk): Promise<ConversationWhole> {
    return this.http.post("conversations/", talk);
  }

  bulk(target: Target, deed: Deed): Promise<{ job: Job }> {
    return this.http.post("conversations/bulk/", { ...deed, ...target });
  }

  job(id: Id): Promise<Job> {
    return this.http.get(`jobs/${id}/`);
  }

  undoJob(id: Id): Promise<Job> {
    return this.http.post(`jobs/${id}/undo/`);
  }

  savedViews(): Promise<SavedView[]> {
    return this.all("views/", {});
  }

  saveView(view: NewView): Promise<SavedView> {
    return this.http.post("views/", view);
  }

  changeView(id: Id, changes: Partial<NewView>): Promise<SavedView> {
    return this.http.patch(`views/${id}/`, changes);
  }

  deleteView(id: Id): Promise<void> {
    return this.http.delete(`views/${id}/`);
  }

  attachment(id: Id): Promise<Attachment> {
    return this.http.get(`attachments/${id}/`);
  }

  ofCustomer(customer: Id): Promise<Page<Conversation>> {
    return this.http.get("conversations/", { query: { customer, limit: 10 } });
  }

  ofKind(kind: Kind): Promise<Conversation[]> {
    return this.all("conversations/", { kind });
  }

  search(q: string, signal?: AbortSignal): Promise<Page<Conversation>> {
    return this.conversations({ q, limit: 20 }, signal);
  }
}

export const contentOf = (attachment: Id) => `/api/v1/attachments/${attachment}/content/`;
export const thumbnailOf = (attachment: Id) => `/api/v1/attachments/${attachment}/thumbnail/`;
