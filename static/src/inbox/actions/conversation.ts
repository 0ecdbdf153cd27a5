/** What can be done with the conversation that is open. */

import type { Conversation, ConversationWhole, Id, Status } from "../../core/types";
import { permalinkOf } from "../model/place";
import { openDialog, type Picking, setMode, toast } from "../model/ui";
import type { Context, Page } from "../page";
import { openMenu } from "../ui/openMenu";
import type { Deed, Deeds } from "./all";

type Open = Conversation & { page: Page };

/** What its row tells is enough, so that nobody waits for the rest of it. */
function deed(run: (open: Open) => void, more: Partial<Deed> = {}): Deed {
  return {
    when: (context) => rowOf(context) !== null,
    ...more,
    run: (context) => {
      const row = rowOf(context);
      if (row !== null) run({ ...row, page: context.page });
    },
  };
}

/** Only where it is known whole. */
function wholeDeed(
  run: (open: ConversationWhole & { page: Page }) => void,
  more: Partial<Deed> = {},
): Deed {
  return deed(
    ({ page, id }) => {
      const { whole } = page.desk.talks.get(id);
      if (whole !== null) run({ ...whole, page });
    },
    { when: (context) => wholeOf(context) !== null, ...more },
  );
}

/** Only with customers; rooms have no status, and nobody they are assigned to. */
function withCustomer(
  run: (open: Open) => void,
  code: string,
  when: (open: Conversation) => boolean = () => true,
): Deed {
  return deed(run, {
    when: (context) => {
      const row = rowOf(context);
      return row?.kind === "customer" && when(row);
    },
    disabled: ({ page }) => lackOf(page, code),
  });
}

const pick = (what: Picking, code: string): Deed =>
  withCustomer(
    ({ page, id }) => openDialog(page.ui, { kind: "pick", what, convs: [id] }),
    code,
    (open) => open.status !== "closed" || what === "labels",
  );

const move = (status: Status, from: readonly Status[]): Deed =>
  withCustomer(
    ({ page, id }) => void page.deeds.setStatus(id, status),
    "conversation:status",
    (open) => open.status !== null && from.includes(open.status),
  );

const ACTIVE: readonly Status[] = ["open", "pending", "on_hold"];
const isActive = (open: Conversation) => open.status !== null && ACTIVE.includes(open.status);

export const inConversation: Deeds = {
  "conversation.reply": deed(({ page, id }) => write(page, id, "public")),
  "conversation.note": deed(({ page, id }) => write(page, id, "note"), {
    when: (context) => rowOf(context)?.kind === "customer",
  }),
  "conversation.resolve": withCustomer(
    ({ page, id }) => resolve(page, id),
    "conversation:status",
    isActive,
  ),
  "conversation.resolve_next": withCustomer(
    ({ page, id }) => resolve(page, id, true),
    "conversation:status",
    isActive,
  ),
  "conversation.reopen": move("open", ["pending", "on_hold", "resolved"]),
  "conversation.pending": move("pending", ["open", "on_hold"]),
  "conversation.on_hold": move("on_hold", ["open", "pending"]),
  "conversation.status": pick("status", "conversation:status"),
  "conversation.snooze": pick("snooze", "conversation:snooze"),
  "conversation.wake": withCustomer(
    ({ page, id }) => void page.deeds.snooze(id, null),
    "conversation:snooze",
    (open) => Boolean(open.snoozed_until),
  ),
  "conversation.claim": withCustomer(
    ({ page, id }) => void page.deeds.claim(id),
    "conversation:assign",
    (open) => !open.assignee && open.status !== "closed",
  ),
  "conversation.assign": pick("assign", "conversation:assign"),
  "conversation.unassign": withCustomer(
    ({ page, id }) => void page.deeds.assign(id, null),
    "conversation:assign",
    (open) => Boolean(open.assignee),
  ),
  "conversation.department": pick("department", "conversation:assign"),
  "conversation.priority": pick("priority", "conversation:priority"),
  "conversation.labels": pick("labels", "conversation:tag"),
  "conversation.merge": withCustomer(
    ({ page, id }) => openDialog(page.ui, { kind: "merge", conv: id }),
    "conversation:merge",
    (open) => open.status !== "closed",
  ),
  "conversation.follow": wholeDeed(({ page, id, following }) => {
    void page.deeds.setFollowing(id, !following);
  }),
  "conversation.mute": wholeDeed(({ page, id, muted }) => void page.deeds.setMuted(id, !muted)),
  "conversation.archive": deed(
    ({ page, id, archived }) => void page.deeds.setArchived(id, !archived),
    {
      disabled: ({ page }) =>
        page.desk.boot.me.permissions["conversation:archive"] ? null : "reason.no_right",
    },
  ),
  "conversation.follow_up": wholeDeed(
    ({ page, id }) => openDialog(page.ui, { kind: "new", follows: id }),
    {
      when: (context) => {
        const { status, merged_into } = wholeOf(context) ?? {};
        return status === "closed" && merged_into === null;
      },
      disabled: ({ page }) => lackOf(page, "conversation:create"),
    },
  ),
  "conversation.copy_link": deed(({ page, id }) => void copyLink(page, id)),
  "conversation.unread": deed(({ page, id }) => {
    void page.deeds.markUnread(id, page.handles.feed?.current() ?? undefined);
  }),
  "conversation.menu": deed(() => openMenu(document.getElementById("thread-menu"))),
};

export async function copyLink(page: Page, conv: Id, seq?: number): Promise<void> {
  await copyText(page, permalinkOf(location.origin, conv, seq), "toast.link_copied");
}

export async function copyText(
  page: Page,
  text: string,
  done: "toast.link_copied" | "toast.text_copied",
): Promise<void> {
  const { i18n } = page.desk;
  try {
    await navigator.clipboard.writeText(text);
    toast(page.ui, i18n.t(done));
  } catch {
    toast(page.ui, i18n.t("toast.not_copied"), { tone: "bad" });
  }
}

function write(page: Page, conv: Id, mode: "public" | "note"): void {
  setMode(page.ui, conv, mode);
  page.handles.composer?.focus();
}

function resolve(page: Page, conv: Id, isAdvancing?: boolean): void {
  page.advance(conv, isAdvancing);
  void page.deeds.setStatus(conv, "resolved");
}

function rowOf({ talk }: Context): Conversation | null {
  return talk === null || talk.error !== null ? null : talk.row;
}

function wholeOf({ talk }: Context): ConversationWhole | null {
  return talk === null || talk.error !== null ? null : talk.whole;
}

/** Why it cannot be done now, if it cannot. */
function lackOf({ desk }: Page, code: string): string | null {
  if (desk.boot.me.permissions[code] === false) return "reason.no_right";
  return desk.socket.connection.state === "offline" ? "reason.offline" : null;
}
