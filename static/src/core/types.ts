/** What travels: objects of the REST contract, and the frames of `/ws/v1/` in both directions. */

export type Id = string;
/** ISO 8601 in UTC with `Z`. */
export type Moment = string;

export type Role = "super_admin" | "company_admin" | "manager" | "agent" | "user";
export type Availability = "online" | "away" | "busy" | "offline" | "invisible";
export type Visibility = "public" | "note";
export type Status = "open" | "pending" | "on_hold" | "resolved" | "closed";
export type Priority = "low" | "normal" | "high" | "urgent";
export type Kind = "customer" | "direct" | "group" | "department" | "company";
export type Channel = "widget" | "portal" | "email" | "api" | "internal";
export type Delivery = "queued" | "sent" | "delivered" | "read" | "failed";
export type Scan = "pending" | "clean" | "blocked";
export type ViewingState = "viewing" | "away" | "writing";

/** Somebody in a company; `id` is the membership's. */
export interface Person {
  id: Id;
  name: string;
  role: Role;
  avatar: string | null;
}

export interface SystemActor {
  kind: "system";
}

export type Actor = Person | SystemActor;

export interface Attachment {
  id: Id;
  name: string;
  content_type: string;
  size: number;
  /** Of an image, which has a thumbnail too. */
  width: number | null;
  height: number | null;
  scan: Scan;
}

/** A deleted one is its place alone: no body, no attachments. */
export interface Message {
  id: Id;
  seq: number;
  client_id: Id | null;
  author: Person | null;
  visibility: Visibility;
  body: string;
  body_html: string;
  reply_to: Id | null;
  attachments: Attachment[];
  created_at: Moment;
  edited_at: Moment | null;
  deleted: boolean;
  delivery: Delivery;
}

export interface DepartmentRef {
  id: Id;
  name: string;
}

/** A row of a list. Customers get none of the optional fields. */
export interface Conversation {
  id: Id;
  number: number | null;
  kind: Kind;
  subject: string;
  status: Status | null;
  channel: Channel;
  customer: Person | null;
  unread: number;
  marked_unread: boolean;
  archived: boolean;
  created_at: Moment;
  version: number;
  preview: string;
  last_activity_at: Moment;
  last_seq: number;
  priority?: Priority | null;
  assignee?: Person | null;
  department?: DepartmentRef | null;
  tags?: string[];
  waiting_since?: Moment | null;
  snoozed_until?: Moment | null;
}

export interface ConversationWhole extends Conversation {
  merged_into: Id | null;
  follow_up_of: Id | null;
  following: boolean;
  muted: boolean;
  resolved_at: Moment | null;
  closed_at: Moment | null;
  attributes?: Record<string, unknown>;
  updated_at?: Moment | null;
}

/** Customers get `open` and `unread` alone. */
export interface Counts {
  open: number;
  unread?: number;
  unassigned?: number;
  mine?: number;
  mentions?: number;
  snoozed?: number;
  departments?: Record<Id, number>;
}

export interface Draft {
  body: string;
  attachments: Id[];
  /** 0 where the server has none. */
  version: number;
}

export interface Participant {
  member: Person;
  kind: string;
  following: boolean;
}

export interface Pointer {
  seq: number;
  unread: number;
}

export interface Ticket {
  ticket: string;
  expires_at: Moment;
  url: string;
}

export interface Page<T> {
  results: T[];
  next: string | null;
  previous: string | null;
}

export interface MessagePage {
  results: Message[];
  has_before: boolean;
  has_after: boolean;
  head: number;
}

export interface EventPage {
  epoch: string;
  head: number;
  events: LogEvent[];
  complete: boolean;
}

export interface FieldFault {
  code: string;
  detail: string;
}

/** What a message says; its `client_id` is made before the first try and kept for all others. */
export interface NewMessage {
  client_id: Id;
  body: string;
  visibility?: Visibility;
  reply_to?: Id | null;
  attachments?: Id[];
  seen_seq?: number | null;
}

// The log

/** A message that is out of reach leaves its id. */
export type MessageData = Message | { id: Id };

interface EventData {
  "message.created": MessageData;
  "message.edited": MessageData;
  "message.deleted": MessageData;
  "conversation.created": Record<string, never>;
  "conversation.deleted": Record<string, never>;
  "conversation.status": { status: Status };
  "conversation.assigned": { assignee: Person | null };
  "conversation.department": { department: DepartmentRef };
  "conversation.priority": { priority: Priority };
  "conversation.tags": { tags: string[] };
  "conversation.attributes": { attributes: Record<string, unknown> };
  "conversation.subject": { subject: string };
  "conversation.snoozed": { snoozed_until: Moment | null };
  "conversation.waiting": { waiting_since: Moment | null };
  "conversation.merged": { merged_into?: Id; source?: Id; waiting_since?: Moment | null };
  "conversation.archived": { archived: boolean };
  "participant.added": { member: Person | null; kind: string };
  "participant.removed": { member: Person | null; kind: string };
}

export type EventType = keyof EventData;

/** One entry of a conversation's log; `seq` is gapless for each reader. */
export type LogEvent = {
  [T in EventType]: {
    conv: Id;
    seq: number;
    type: T;
    at: Moment;
    actor: Actor;
    data: EventData[T];
  };
}[EventType];

// Frames that we send

export type SubFrame = { op: "sub"; conv: Id; seq?: number; epoch?: string };
export type SubInboxFrame = { op: "sub_inbox"; since?: string; epoch?: string };
export type SendFrame = { op: "send"; conv: Id } & NewMessage;
export type AvailabilityFrame = { op: "availability"; state: Availability };

/** Frames that are answered, each by its `ref`. */
export type Question =
  | SubFrame
  | { op: "unsub"; conv: Id }
  | SubInboxFrame
  | SendFrame
  | AvailabilityFrame;

/** Frames that nobody answers. */
export type Notice =
  | { op: "read" | "recv"; conv: Id; seq: number }
  | { op: "typing"; conv: Id; visibility: Visibility }
  | { op: "viewing"; conv: Id; state: ViewingState };

export type ClientFrame =
  | ({ ref?: string } & Question)
  | Notice
  | { op: "hello"; ticket: string; v: 1 }
  | { op: "hb"; n: number };

// Frames that come

interface Answer {
  ref?: string;
}

export interface Limits {
  frames_per_second: number;
  burst: number;
}

export interface ReadyFrame extends Answer {
  op: "ready";
  session: Id;
  member: Person & { availability: Availability };
  company: { id: Id; name: string; slug: string };
  heartbeat_ms: number;
  limits: Limits;
  bundle: string;
}

export interface SubOkFrame extends Answer {
  op: "sub_ok";
  conv: Id;
  head: number;
  epoch: string;
  recovered: boolean;
  events: LogEvent[];
}

/** Without `conv` it is about the inbox. */
export interface ResyncFrame extends Answer {
  op: "resync";
  conv: Id | null;
  reason: "ahead" | "epoch" | "pruned" | "rights";
  head: number;
  epoch: string;
}

export interface InboxOkFrame extends Answer {
  op: "inbox_ok";
  counts: Counts;
  as_of: string;
  epoch: string;
  changed: Conversation[];
}

export interface AckFrame extends Answer {
  op: "ack";
  client_id: Id;
  conv: Id;
  id: Id;
  seq: number;
  ts: Moment;
}

export interface NackFrame extends Answer {
  op: "nack";
  client_id: Id;
  code: string;
  detail: string;
  retry_after?: number;
  errors?: Record<string, FieldFault[]>;
  /** What a `newer_reply` is about. */
  message?: Message;
}

export interface ErrFrame extends Answer {
  op: "err";
  code: string;
  detail: string;
  conv?: Id;
  retry_after?: number;
}

export type EventFrame = { op: "event" } & LogEvent;
export type TypingFrame = { op: "typing"; conv: Id; member: Person; visibility: Visibility };
export type ViewingFrame = { op: "viewing"; conv: Id; member: Person; state: ViewingState };
export type PresenceFrame = { op: "presence"; member: Person; availability: Availability };
export type ReadFrame = { op: "read"; conv: Id; member: Person; seq: number };
export type InboxFrame = { op: "inbox"; conversation: Conversation };
export type InboxGoneFrame = { op: "inbox_gone"; conv: Id };
export type CountsFrame = { op: "counts" } & Counts;
export type NotificationFrame = { op: "notification"; notification: Record<string, unknown> };
export type HeartbeatFrame = { op: "hb"; n: number; heads: Record<Id, number> };
export type ByeFrame = { op: "bye"; code: number; retry_after: number };

export type ServerFrame =
  | ReadyFrame
  | SubOkFrame
  | ResyncFrame
  | InboxOkFrame
  | AckFrame
  | NackFrame
  | ErrFrame
  | (Answer & { op: "ok" })
  | EventFrame
  | TypingFrame
  | ViewingFrame
  | PresenceFrame
  | ReadFrame
  | InboxFrame
  | InboxGoneFrame
  | CountsFrame
  | NotificationFrame
  | HeartbeatFrame
  | ByeFrame;

/** The good answer to each question; everything else rejects. */
export interface Answers {
  sub: SubOkFrame | ResyncFrame;
  unsub: Answer & { op: "ok" };
  sub_inbox: InboxOkFrame | ResyncFrame;
  send: AckFrame;
  availability: Answer & { op: "ok" };
}
