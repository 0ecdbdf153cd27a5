/** The endpoints that the core and the inbox use, by name and with their types. */

import type { Http, Query, RequestOptions } from "./http";
import type {
  Attachment,
  Availability,
  Conversation,
  ConversationWhole,
  Counts,
  Draft,
  EventPage,
  Id,
  Message,
  MessagePage,
  NewMessage,
  Page,
  Participant,
  Person,
  Pointer,
  Priority,
  Status,
  Ticket,
  Visibility,
} from "./types";

/** At most one of before, after and around; none is the newest page. */
export type Position = { before: number } | { after: number } | { around: number } | object;

export interface ConversationChanges {
  subject?: string;
  priority?: Priority;
  tags?: string[];
  attributes?: Record<string, unknown>;
  department?: Id;
  version?: number;
}

/** More of them no list of choices can show. */
const MOST = 2000;

const at = (conv: Id, rest = "") => `conversations/${conv}/${rest}`;

export class Api {
  constructor(readonly http: Http) {}

  ticket(): Promise<Ticket> {
    return this.http.post("realtime/tickets/");
  }

  presence(): Promise<{ results: { member: Person; availability: Availability }[] }> {
    return this.http.get("presence/");
  }

  // Lists

  conversations(query: Query, signal?: AbortSignal): Promise<Page<Conversation>> {
    return this.http.get("conversations/", { query, ...(signal && { signal }) });
  }

  /** What `next` or `previous` of a page names. */
  more<T>(link: string, signal?: AbortSignal): Promise<Page<T>> {
    return this.http.get(link, signal && { signal });
  }

  /** All pages of what a company has some hundred of. */
  async all<T>(path: string, query: Query): Promise<T[]> {
    let page = await this.http.get<Page<T>>(path, { query: { ...query, limit: 100 } });
    const found = [...page.results];
    while (page.next !== null && found.length < MOST) {
      page = await this.more<T>(page.next);
      found.push(...page.results);
    }
    return found;
  }

  counts(): Promise<Counts> {
    return this.http.get("conversations/counts/");
  }

  // One conversation

  conversation(conv: Id): Promise<ConversationWhole> {
    return this.http.get(at(conv));
  }

  change(conv: Id, changes: ConversationChanges): Promise<ConversationWhole> {
    return this.http.patch(at(conv), changes);
  }

  assign(conv: Id, assignee: Id | null, version?: number): Promise<ConversationWhole> {
    return this.http.post(at(conv, "assign/"), { assignee, version });
  }

  claim(conv: Id): Promise<ConversationWhole> {
    return this.http.post(at(conv, "claim/"));
  }

  setStatus(conv: Id, status: Status, version?: number): Promise<ConversationWhole> {
    return this.http.post(at(conv, "status/"), { status, version });
  }

  snooze(conv: Id, until: string | null, untilReply?: boolean): Promise<ConversationWhole> {
    return this.http.post(at(conv, "snooze/"), { until, until_reply: untilReply });
  }

  merge(conv: Id, into: Id): Promise<ConversationWhole> {
    return this.http.post(at(conv, "merge/"), { into });
  }

  /** What takes nothing but the conversation. */
  act(
    conv: Id,
    action: "archive" | "unarchive" | "follow" | "unfollow" | "mute" | "unmute",
  ): Promise<ConversationWhole> {
    return this.http.post(at(conv, `${action}/`));
  }

  participants(conv: Id): Promise<{ results: Participant[] }> {
    return this.http.get(at(conv, "participants/"));
  }

  addParticipant(conv: Id, member: Id, kind?: string): Promise<Participant> {
    return this.http.post(at(conv, "participants/"), { member, kind });
  }

  removeParticipant(conv: Id, member: Id): Promise<void> {
    return this.http.delete(at(conv, `participants/${member}/`));
  }

  // Messages and the log

  messages(conv: Id, position: Position = {}, limit = 50, signal?: AbortSignal) {
    const options: RequestOptions = { query: { ...position, limit }, ...(signal && { signal }) };
    return this.http.get<MessagePage>(at(conv, "messages/"), options);
  }

  post(conv: Id, message: NewMessage): Promise<Message> {
    return this.http.post(at(conv, "messages/"), message);
  }

  edit(conv: Id, message: Id, body: string): Promise<Message> {
    return this.http.patch(at(conv, `messages/${message}/`), { body });
  }

  remove(conv: Id, message: Id): Promise<void> {
    return this.http.delete(at(conv, `messages/${message}/`));
  }

  /** Rejects with 409 `resync` where the position is none of this log. */
  events(conv: Id, after: number, epoch: string | null): Promise<EventPage> {
    return this.http.get(at(conv, "events/"), { query: { after, epoch, limit: 300 } });
  }

  read(conv: Id, seq: number, keepalive = false): Promise<Pointer> {
    return this.http.post(at(conv, "read/"), { seq }, { keepalive });
  }

  unread(conv: Id, seq: number): Promise<Pointer> {
    return this.http.post(at(conv, "unread/"), { seq });
  }

  // Drafts and files

  draft(conv: Id, visibility: Visibility): Promise<Draft> {
    return this.http.get(at(conv, "draft/"), { query: { visibility } });
  }

  saveDraft(conv: Id, visibility: Visibility, draft: Draft, keepalive = false): Promise<Draft> {
    return this.http.put(at(conv, "draft/"), draft, { query: { visibility }, keepalive });
  }

  discardDraft(conv: Id, visibility: Visibility): Promise<void> {
    return this.http.delete(at(conv, "draft/"), { query: { visibility } });
  }

  upload(conv: Id, file: Blob, name: string, signal?: AbortSignal): Promise<Attachment> {
    const form = new FormData();
    form.append("conversation", conv);
    form.append("file", file, name);
    return this.http.post("attachments/", form, signal && { signal });
  }
}
