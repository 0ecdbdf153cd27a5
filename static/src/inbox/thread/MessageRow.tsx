/** One message: who said it, to whom it is to be seen, and what can be done with it. */

import { memo } from "react";
import type { Id, Message } from "../../core/types";
import { useDesk, useI18n, usePage, useTalk, useThread, useTold, useUi } from "../hooks";
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
}

export const MessageRow = memo(function MessageRow({ conv, message, isFirst, isLast }: Props) {
  const { me } = useDesk();
  const i18n = useI18n();
  const { t } = i18n;
  const isEdited = useUi((state) => state.editing?.id === message.id);
  const { author, visibility, deleted } = message;
  const side = useSide(conv, message);
  const isNote = visibility === "note";
  const name = author?.name ?? t("thread.nobody");
  const time = i18n.time(message.created_at);
  const label = [name, time, ...(isNote ? [t("thread.private")] : [])].join(", ");
  return (
    <article
      data-message
      data-key={message.client_id ?? message.id}
      data-seq={message.seq}
      tabIndex={isLast ? 0 : -1}
      aria-label={label}
      className={`group relative flex gap-2 rounded-row ${isFirst ? "mt-4" : "mt-1"} ${side === "ours" ? "flex-row-reverse" : ""}`}
    >
      <span className="w-8 shrink-0">
        {isFirst && <Avatar id={author?.id ?? message.id} name={name} size={32} />}
      </span>
      <div
        className={`flex min-w-0 max-w-[min(68ch,86%)] flex-col ${side === "ours" ? "items-end" : "items-start"}`}
      >
        {isFirst && <Head message={message} name={name} time={time} isMe={author?.id === me} />}
        {isEdited ? (
          <EditMessage conv={conv} message={message} />
        ) : (
          <div
            className={`bubble bubble-${isNote ? "note" : side} ${deleted ? "bubble-deleted" : ""}`}
          >
            <Quoted conv={conv} id={message.reply_to} />
            {deleted ? (
              <span className="text-ink-3">{t("thread.deleted")}</span>
            ) : (
              <Body html={message.body_html} />
            )}
            <Attachments attachments={message.attachments} />
          </div>
        )}
        {isLast && <Foot conv={conv} message={message} isMine={author?.id === me} />}
      </div>
      {!deleted && !isEdited && <MessageMenu conv={conv} message={message} />}
    </article>
  );
});

/** Whoever works here stands on our side; among ourselves only oneself does. */
function useSide(conv: Id, message: Message): "ours" | "theirs" {
  const { me } = useDesk();
  const { row } = useTalk(conv);
  const { author } = message;
  if (author === null) return "theirs";
  const isRoom = row !== null && row.kind !== "customer";
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

function Foot({ conv, message, isMine }: { conv: Id; message: Message; isMine: boolean }) {
  const { readers } = useDesk();
  const i18n = useI18n();
  const seen = useTold(readers.onChange, () => readers.customerSeq(conv));
  const isSeen = message.delivery === "read" || seen >= message.seq;
  const isTold = isMine && message.visibility === "public" && !message.deleted;
  if (!message.edited_at && !isTold) return null;
  return (
    <div className="mt-0.5 flex items-center gap-2 px-1 text-meta text-ink-3">
      {message.edited_at && !message.deleted && (
        <time dateTime={message.edited_at} title={i18n.full(message.edited_at)}>
          {i18n.t("thread.edited")}
        </time>
      )}
      {isTold && message.delivery === "failed" && (
        <span className="text-bad">{i18n.t("delivery.failed")}</span>
      )}
      {isTold && message.delivery !== "failed" && (
        <span className="inline-flex items-center gap-1">
          <Icon name={isSeen ? "check-check" : "check"} size={14} />
          {i18n.t(isSeen ? "delivery.seen" : "delivery.sent")}
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
function Quoted({ conv, id }: { conv: Id; id: Id | null }) {
  const page = usePage();
  const { thread } = useThread(conv);
  const { t } = useI18n();
  if (id === null) return null;
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
