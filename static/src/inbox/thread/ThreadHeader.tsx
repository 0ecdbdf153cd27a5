/** Which conversation it is, who else looks at it, and what is done with it most. */

import { useEffect, useRef, useState } from "react";
import type { Conversation, Id } from "../../core/types";
import { useDesk, useI18n, useOutgoing, usePage, useTalk, useTick } from "../hooks";
import { STATUS_KEYS } from "../model/ui";
import { RoomMark, useRoomName } from "../shell/RoomName";
import { Avatar } from "../ui/Avatar";
import { ActionButton, IconButton } from "../ui/Button";
import { Menu, MenuAction, MenuLine } from "../ui/Menu";
import type { Key } from "../words";

export function ThreadHeader({ conv }: { conv: Id }) {
  const page = usePage();
  const { t } = useI18n();
  const { row, whole } = useTalk(conv);
  useOutgoing(conv);
  return (
    <header className="@container flex min-h-[56px] items-center gap-2 border-b border-line px-3">
      <IconButton
        label={t("thread.back")}
        icon="arrow-left"
        className="min-[860px]:hidden"
        onClick={() => page.open(null)}
      />
      {row && <Title row={row} />}
      <Viewers conv={conv} />
      <div className="flex shrink-0 items-center gap-1.5 max-rail:hidden">
        <span className="contents @max-[560px]:hidden">
          <ActionButton action="conversation.claim" look="secondary" />
        </span>
        <span className="contents @max-[680px]:hidden">
          <ActionButton action="conversation.snooze" label={t("thread.snooze")} />
        </span>
        <ActionButton action="conversation.resolve" look="primary" label={t("thread.resolve")} />
        {whole?.status === "resolved" && (
          <ActionButton action="conversation.reopen" label={t("thread.reopen")} />
        )}
        {whole?.status === "closed" && (
          <ActionButton action="conversation.follow_up" label={t("thread.follow_up")} />
        )}
      </div>
      <Menu trigger={<IconButton id="thread-menu" label={t("thread.menu")} icon="ellipsis" />}>
        <Deeds conv={conv} />
      </Menu>
      <IconButton
        label={t("action.panes.details")}
        icon="panel-right"
        action="panes.details"
        onClick={() => page.actions.run("panes.details", page.context)}
      />
    </header>
  );
}

function Deeds({ conv }: { conv: Id }) {
  const { t } = useI18n();
  const { whole } = useTalk(conv);
  return (
    <>
      <MenuAction action="conversation.resolve" icon="check" />
      <MenuAction action="conversation.resolve_next" icon="check-check" />
      <MenuAction action="conversation.reopen" icon="rotate-ccw" />
      <MenuAction action="conversation.pending" icon="hourglass" />
      <MenuAction action="conversation.on_hold" icon="pause" />
      <MenuAction action="conversation.snooze" icon="clock" />
      <MenuAction action="conversation.wake" icon="sun" />
      <MenuLine />
      <MenuAction action="conversation.claim" icon="user-check" />
      <MenuAction action="conversation.assign" icon="user-plus" />
      <MenuAction action="conversation.department" icon="building-2" />
      <MenuAction action="conversation.priority" icon="flag" />
      <MenuAction action="conversation.labels" icon="tag" />
      <MenuAction action="conversation.merge" icon="merge" />
      <MenuLine />
      <MenuAction action="conversation.unread" icon="circle-dot" />
      <MenuAction
        action="conversation.follow"
        icon="star"
        label={whole?.following ? t("thread.unfollow") : t("thread.follow")}
      />
      <MenuAction
        action="conversation.mute"
        icon="bell"
        label={whole?.muted ? t("thread.unmute") : t("thread.mute")}
      />
      <MenuAction action="conversation.copy_link" icon="link" />
      <MenuAction
        action="conversation.archive"
        icon="archive"
        label={whole?.archived ? t("thread.unarchive") : t("thread.archive")}
      />
    </>
  );
}

function Title({ row }: { row: Conversation }) {
  const { t } = useI18n();
  const room = useRoomName(row);
  if (row.kind !== "customer") {
    return (
      <div className="flex min-w-0 grow items-center gap-3">
        <RoomMark row={row} size={36} />
        <div className="flex min-w-0 flex-col">
          <h1 className="truncate text-title font-semibold">
            <bdi>{room}</bdi>
          </h1>
          <span className="truncate text-meta text-ink-3">{t(`kind.${row.kind}` as Key)}</span>
        </div>
      </div>
    );
  }
  const name = row.customer?.name ?? "";
  return (
    <div className="flex min-w-0 grow items-center gap-3">
      <span className="max-rail:hidden">
        <Avatar id={row.customer?.id ?? row.id} name={name} size={36} />
      </span>
      <div className="flex min-w-0 grow flex-col">
        <Subject row={row} />
        <span className="truncate text-meta text-ink-3">
          <bdi dir="ltr">#{row.number}</bdi> · <bdi>{name}</bdi> ·{" "}
          {t(`channel.${row.channel}` as Key)}
          {row.status && row.status !== "open" && <> · {t(STATUS_KEYS[row.status])}</>}
        </span>
      </div>
    </div>
  );
}

/** Changed where it stands. */
function Subject({ row }: { row: Conversation }) {
  const page = usePage();
  const { t } = useI18n();
  const [text, setText] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const isEdited = text !== null;
  useEffect(() => {
    if (isEdited) field.current?.select();
  }, [isEdited]);
  const keep = () => {
    const wanted = text?.trim() ?? "";
    setText(null);
    if (wanted !== row.subject) void page.deeds.setSubject(row.id, wanted);
  };
  if (text === null) {
    return (
      <h1 className="flex min-w-0 text-title leading-5 font-semibold">
        <button
          type="button"
          title={t("thread.edit_subject")}
          className="min-w-0 truncate rounded-chip text-start hover:underline"
          onClick={() => setText(row.subject)}
        >
          <bdi dir="auto">{row.subject || t("thread.no_subject")}</bdi>
        </button>
      </h1>
    );
  }
  return (
    <input
      ref={field}
      dir="auto"
      maxLength={200}
      aria-label={t("thread.subject")}
      className="field min-h-[28px] py-0 font-semibold"
      value={text}
      onChange={({ target }) => setText(target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === "Enter") keep();
        if (event.key === "Escape") {
          event.stopPropagation();
          setText(null);
        }
      }}
    />
  );
}

/** Looking, away and writing are three different things. */
function Viewers({ conv }: { conv: Id }) {
  const { presence } = useDesk();
  const { t } = useI18n();
  useTick(presence.onChange, (each) => each === conv);
  const views = presence.views(conv);
  if (views.length === 0) return null;
  return (
    <ul aria-label={t("thread.viewers")} className="flex shrink-0 -space-x-2 rtl:space-x-reverse">
      {views.slice(0, 4).map(({ member, state }) => {
        const text = t(`viewing.${state}`, { name: member.name });
        const ring = state === "writing" ? "ring-2 ring-warn" : "ring-2 ring-surface";
        return (
          <li
            key={member.id}
            title={text}
            className={`rounded-full ${ring} ${state === "away" ? "opacity-50" : ""}`}
          >
            <Avatar id={member.id} name={member.name} size={24} />
            <span className="unseen">{text}</span>
          </li>
        );
      })}
    </ul>
  );
}
