/** One message: who said it, to whom it is to be seen, and what can be done with it. */

import { memo, useState } from "react";
import type { Id, Message } from "../../core/types";
import { useDesk, useI18n, usePage, useThread, useUi } from "../hooks";
import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { Attachments } from "./Attachments";
import { EditMessage } from "./EditMessage";
import { MessageMenu } from "./MessageMenu";

interface Props {
  conv: Id;
  message: Message;
  isFirst: boolean;
  isLast: boolean;
  isRoom: boolean;
  /** How far it has come, where that is told. */
  told: "sent" | "seen" | null;
  /** The one that Tab leads to. */
  isEnd: boolean;
}

export const MessageRow = memo(function MessageRow(props: Props) {
  const { conv, message, isFirst, isLast, isRoom, told, isEnd } = props;
  const { me } = useDesk();
  const [isNear, setNear] = useState(false);
  const i18n = useI18n();
  const { t } = i18n;
  const edit = useUi(({ edits: { [conv]: one } }) => (one?.message.id === message.id ? one : null));
  const { author, visibility, deleted } = message;
  const side = sideOf(message, me, isRoom);
  const isNote = visibility === "note";
  const name = author?.name ?? t("thread.nobody");
  const time = i18n.time(message.created_at);
  const place = isFirst ? "mt-4" : side === "ours" ? "mt-1 pe-10" : "mt-1 ps-10";
  const label = [name, time, ...(isNote ? [t("thread.private")] : [])].join(", ");
  return (
    <article
      data-message
      data-key={message.client_id ?? message.id}
      data-seq={message.seq}
      tabIndex={isEnd ? 0 : -1}
      aria-label={label}
      className={`group flex gap-2 rounded-row ${place} ${side === "ours" ? "flex-row-reverse" : ""}`}
      onPointerEnter={() => setNear(true)}
      onFocus={() => setNear(true)}
      onPointerLeave={({ currentTarget }) => {
        // Its menu is open, and stays.
        if (currentTarget.querySelector("[data-state=open]") === null) setNear(false);
      }}
    >
      {isFirst && (
        <Avatar id={author?.id ?? message.id} name={name} size={32} className="self-start" />
      )}
      <div
        className={`flex min-w-0 max-w-[min(68ch,86%)] flex-col ${side === "ours" ? "items-end" : "items-start"}`}
      >
        {isFirst && <Head message={message} name={name} time={time} isMe={author?.id === me} />}
        {edit !== null ? (
          <EditMessage conv={conv} edit={edit} />
        ) : (
          <div
            className={`bubble relative bubble-${isNote ? "note" : side} ${deleted ? "bubble-deleted" : ""}`}
          >
            {message.reply_to !== null && <Quoted conv={conv} id={message.reply_to} />}
            {deleted ? (
              <span className="text-ink-3">{t("thread.deleted")}</span>
            ) : (
              <Body html={message.body_html} />
            )}
            <Attachments attachments={message.attachments} />
            {isNear && !deleted && <MessageMenu conv={conv} message={message} />}
          </div>
        )}
        {(told !== null || isLast) && <Foot message={message} told={told} />}
      </div>
    </article>
  );
});

/** Whoever works here stands on our side; among ourselves only oneself does. */
function sideOf({ author }: Message, me: Id, isRoom: boolean): "ours" | "theirs" {
  if (author === null) return "theirs";
  const isOurs = isRoom ? author.id === me : author.role !== "user";
  return isOurs ? "ours" : "theirs";
}

function Head({
  message,
  name,
  time,
  isMe,
}: {
  message: Message;
  name: string;
  time: string;
  isMe: boolean;
}) {
  const i18n = useI18n();
  return (
    <div className="mb-1 flex items-center gap-2 px-1 text-meta text-ink-3">
      {message.visibility === "note" && (
        <span className="inline-flex items-center gap-1 font-semibold text-note-ink">
          <Icon name="lock" size={12} />
          {i18n.t("thread.note")}
        </span>
      )}
      <bdi className="font-semibold text-ink-2">{isMe ? i18n.t("thread.you") : name}</bdi>
      <time
        dateTime={message.created_at}
        title={i18n.full(message.created_at)}
        className="tabular-nums"
      >
        {time}
      </time>
    </div>
  );
}

function Foot({ message, told }: Pick<Props, "message" | "told">) {
  const i18n = useI18n();
  const { edited_at: editedAt, deleted, delivery } = message;
  const isEdited = editedAt !== null && !deleted;
  const isFailed = delivery === "failed";
  if (!isEdited && !isFailed && told === null) return null;
  return (
    <div className="mt-0.5 flex items-center gap-2 px-1 text-meta text-ink-3">
      {isEdited && (
        <time dateTime={editedAt} title={i18n.full(editedAt)}>
          {i18n.t("thread.edited")}
        </time>
      )}
      {isFailed && <span className="text-bad">{i18n.t("delivery.failed")}</span>}
      {told !== null && !isFailed && (
        <span className="inline-flex items-center gap-1">
          <Icon name={told === "seen" ? "check-check" : "check"} size={14} />
          {i18n.t(`delivery.${told}`)}
        </span>
      )}
    </div>
  );
}

/** Safe: cleaned by the server, or rendered by the core with the same rules. */
export function Body({ html }: { html: string }) {
  if (html === "") return null;
  return (
    // biome-ignore lint/security/noDangerouslySetInnerHtml: cleaned before it comes here
    <div className="said" dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
  );
}

/** What it answers; a press leads there. */
function Quoted({ conv, id }: { conv: Id; id: Id }) {
  const page = usePage();
  const { thread } = useThread(conv);
  const { t } = useI18n();
  const quoted = thread.messages.find((each) => each.id === id);
  const name = quoted?.author?.name ?? "";
  return (
    <button
      type="button"
      disabled={quoted === undefined}
      className="mb-1 block w-full max-w-full border-s-2 border-line-strong ps-2 text-start text-second text-ink-2"
      onClick={() => quoted && void page.desk.threads.jumpTo(conv, quoted.seq)}
    >
      {quoted === undefined ? (
        t("thread.earlier")
      ) : (
        <>
          <bdi className="block text-meta font-semibold">{name}</bdi>
          <bdi dir="auto" className="block truncate">
            {quoted.deleted ? t("thread.deleted") : quoted.body}
          </bdi>
        </>
      )}
    </button>
  );
}
