/** One conversation of a list: who, when, what was said last, and why it is here. */

import { memo } from "react";
import type { Conversation } from "../../core/types";
import { useDesk, useI18n, useNow, useOutgoing, useTick } from "../hooks";
import { FAR } from "../model/deeds";
import { PRIORITY_KEYS } from "../model/ui";
import { RoomMark, useRoomName } from "../shell/RoomName";
import { Avatar, PersonAvatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";

interface Props {
  row: Conversation;
  at: number;
  total: number;
  isOpen: boolean;
  isCursor: boolean;
  isSelected: boolean;
  onPress: (row: Conversation, event: React.MouseEvent) => void;
  onCheck: (row: Conversation, isRange: boolean) => void;
}

export const Row = memo(function Row(props: Props) {
  const { row, at, total, isOpen, isCursor, isSelected, onPress, onCheck } = props;
  const i18n = useI18n();
  const now = useNow();
  const isUnread = row.unread > 0 || row.marked_unread;
  const isUnsent = useOutgoing(row.id).some((each) => each.state === "failed");
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list keeps the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keymap opens it
    <div
      id={`row-${row.id}`}
      role="option"
      aria-selected={isSelected}
      aria-current={isOpen ? "true" : undefined}
      aria-setsize={total}
      aria-posinset={at + 1}
      data-row={row.id}
      className={`rows-apart group relative flex gap-3 rounded-row py-2.5 ps-4 pe-3 in-data-[density=compact]:py-1.5 ${
        isOpen ? "bg-accent-soft" : isSelected ? "bg-sunken" : "hover:bg-sunken"
      } ${isCursor ? "cursor-row" : ""}`}
      onClick={(event) => onPress(row, event)}
      onAuxClick={(event) => event.button === 1 && onPress(row, event)}
    >
      {isUnread && (
        <span
          aria-hidden="true"
          className="absolute inset-y-4 start-1 w-[3px] rounded-full bg-accent"
        />
      )}
      <Face row={row} isSelected={isSelected} onCheck={onCheck} />
      <div className="flex min-w-0 grow flex-col gap-0.5">
        <div className="flex items-baseline gap-2">
          <Name row={row} isUnread={isUnread} />
          <time
            dateTime={row.last_activity_at}
            title={i18n.full(row.last_activity_at)}
            className="shrink-0 text-meta text-ink-3 tabular-nums"
          >
            {i18n.when(row.last_activity_at, now)}
          </time>
        </div>
        <div className="flex items-center gap-2">
          {isUnsent && (
            <span className="inline-flex shrink-0 items-center gap-1 text-second text-bad">
              <Icon name="circle-alert" size={14} />
              {i18n.t("row.not_sent")}
            </span>
          )}
          <Preview row={row} isUnread={isUnread} />
          {row.unread > 0 && (
            <span className="count shrink-0">
              <span aria-hidden="true">{i18n.count(row.unread)}</span>
              <span className="unseen">{i18n.t("row.unread", { count: row.unread })}</span>
            </span>
          )}
        </div>
        <Chips row={row} now={now} />
      </div>
    </div>
  );
});

function Face({ row, isSelected, onCheck }: Pick<Props, "row" | "isSelected" | "onCheck">) {
  if (row.kind !== "customer") return <RoomMark row={row} size={36} />;
  const id = row.customer?.id ?? row.id;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same by the key x
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same by the key x
    <span
      className="relative mt-0.5 size-9 shrink-0"
      onClick={(event) => {
        event.stopPropagation();
        onCheck(row, event.shiftKey);
      }}
    >
      <span className={isSelected ? "invisible" : "group-hover:invisible"}>
        <Avatar id={id} name={row.customer?.name ?? row.subject} size={36} />
      </span>
      <span
        aria-hidden="true"
        className={`absolute inset-0 items-center justify-center rounded-full border border-line-strong bg-raised ${
          isSelected ? "flex" : "hidden group-hover:flex"
        }`}
      >
        {isSelected && <Icon name="check" size={18} className="text-accent" />}
      </span>
    </span>
  );
}

function Name({ row, isUnread }: { row: Conversation; isUnread: boolean }) {
  const room = useRoomName(row);
  const name = row.kind === "customer" ? (row.customer?.name ?? row.subject) : room;
  return (
    <bdi className={`min-w-0 grow truncate ${isUnread ? "font-bold" : "font-semibold"}`}>
      {name}
    </bdi>
  );
}

/** What is being typed goes before what one has begun, and that before what was said. */
function Preview({ row, isUnread }: { row: Conversation; isUnread: boolean }) {
  const { presence, drafts } = useDesk();
  const { t } = useI18n();
  useTick(presence.onChange, (conv) => conv === row.id);
  useTick(drafts.onChange, (conv) => conv === row.id);
  const typing = presence.typing(row.id)[0];
  const draft = drafts.state(row.id, "public").body || drafts.state(row.id, "note").body;
  const tone = isUnread ? "text-ink" : "text-ink-2";
  if (typing !== undefined) {
    return (
      <span className="min-w-0 grow truncate text-second text-accent-ink">
        {t("presence.typing", { name: typing.member.name })}
      </span>
    );
  }
  const isSubject = row.kind === "customer" && row.subject !== "";
  return (
    <span className={`min-w-0 grow truncate text-second ${tone}`}>
      {draft.trim() !== "" ? (
        <>
          <span className="text-bad">{t("row.draft")}</span> <bdi dir="auto">{draft}</bdi>
        </>
      ) : (
        <bdi dir="auto">{isSubject ? row.subject : row.preview || t("row.nothing")}</bdi>
      )}
    </span>
  );
}

const LATE_MINUTES = 60;
const SOON_MINUTES = 15;

function Chips({ row, now }: { row: Conversation; now: number }) {
  const { t, clockOffset } = useI18n();
  const { presence, me } = useDesk();
  useTick(presence.onChange, (conv) => conv === row.id);
  const looking = presence.views(row.id);
  const isUrgent = row.priority === "high" || row.priority === "urgent";
  const tags = row.tags ?? [];
  const hasAny =
    isUrgent || tags.length > 0 || row.waiting_since || row.snoozed_until || row.department;
  if (!hasAny && looking.length === 0) return null;
  return (
    <div className="mt-1 flex items-center gap-1.5 in-data-[density=compact]:hidden">
      <div className="flex h-[18px] min-w-0 grow flex-wrap gap-x-1.5 gap-y-1 overflow-hidden">
        {row.waiting_since && <Waiting since={row.waiting_since} now={now + clockOffset} />}
        {row.snoozed_until && <Snoozed until={row.snoozed_until} />}
        {isUrgent && row.priority && (
          <span className={`chip shrink-0 ${row.priority === "urgent" ? "chip-bad" : "chip-warn"}`}>
            <Icon name="flag" size={12} />
            {t(PRIORITY_KEYS[row.priority])}
          </span>
        )}
        {row.kind === "customer" && row.department && (
          <span className="chip min-w-0">
            <bdi className="truncate">{row.department.name}</bdi>
          </span>
        )}
        {tags.slice(0, 2).map((tag) => (
          <span key={tag} className="chip max-w-[12ch] min-w-0">
            <bdi className="truncate">{tag}</bdi>
          </span>
        ))}
        {tags.length > 2 && <span className="chip">+{tags.length - 2}</span>}
      </div>
      {looking.slice(0, 3).map(({ member, state }) => (
        <span
          key={member.id}
          title={t(`viewing.${state}`, { name: member.name })}
          className={state === "away" ? "opacity-50" : ""}
        >
          <Avatar id={member.id} name={member.name} size={18} />
        </span>
      ))}
      {row.assignee && row.assignee.id !== me && (
        <span title={t("row.assignee", { name: row.assignee.name })} className="inline-flex">
          <PersonAvatar id={row.assignee.id} name={row.assignee.name} size={18} />
        </span>
      )}
    </div>
  );
}

function Waiting({ since, now }: { since: string; now: number }) {
  const i18n = useI18n();
  const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
  const look =
    minutes >= LATE_MINUTES ? "chip-bad" : minutes >= SOON_MINUTES ? "chip-warn" : "chip-ok";
  const icon =
    minutes >= LATE_MINUTES ? "triangle-alert" : minutes >= SOON_MINUTES ? "hourglass" : "clock";
  return (
    <span className={`chip shrink-0 ${look} tabular-nums`} title={i18n.full(since)}>
      <Icon name={icon} size={12} />
      {spanOf(minutes, i18n.t)}
    </span>
  );
}

/** As short as there is room for. */
function spanOf(minutes: number, t: ReturnType<typeof useI18n>["t"]): string {
  if (minutes < 60) return t("row.waiting_minutes", { count: minutes });
  if (minutes < 24 * 60) return t("row.waiting_hours", { count: Math.floor(minutes / 60) });
  return t("row.waiting_days", { count: Math.floor(minutes / 1440) });
}

function Snoozed({ until }: { until: string }) {
  const i18n = useI18n();
  const isForReply = until >= FAR.slice(0, 10);
  return (
    <span className="chip">
      <Icon name="moon" size={12} />
      {isForReply ? i18n.t("row.until_reply") : i18n.t("row.until", { when: i18n.moment(until) })}
    </span>
  );
}
