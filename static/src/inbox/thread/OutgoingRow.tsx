/** What one has said and the log does not show yet: waiting, on its way, or refused. */

import { useEffect, useState } from "react";
import { renderNow } from "../../core/markdown";
import type { Outgoing } from "../../core/outbox";
import type { Id } from "../../core/types";
import { copyText } from "../actions/conversation";
import { useConnection, useDesk, useI18n, useNow, usePage, useTalk } from "../hooks";
import { lockOf } from "../model/locks";
import { Avatar } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Body } from "./MessageRow";

/** Nobody wants to see a wheel for what takes no time. */
const PATIENCE_MS = 300;

export function OutgoingRow({
  conv,
  outgoing,
  isFirst,
}: {
  conv: Id;
  outgoing: Outgoing;
  isFirst: boolean;
}) {
  const { boot } = useDesk();
  const { t } = useI18n();
  const { member } = boot.me;
  const { message, state } = outgoing;
  const isNote = message.visibility === "note";
  const label = [t("thread.you"), t(`send.${state}`), ...(isNote ? [t("thread.private")] : [])];
  return (
    <article
      data-message
      data-key={message.client_id}
      tabIndex={-1}
      aria-label={label.join(", ")}
      className={`flex flex-row-reverse gap-2 rounded-row ${isFirst ? "mt-4" : "mt-1"}`}
    >
      <span className="w-8 shrink-0">
        {isFirst && <Avatar id={member.id} name={member.name} size={32} />}
      </span>
      <div className="flex min-w-0 max-w-[min(68ch,86%)] flex-col items-end">
        <div
          className={`bubble bubble-${isNote ? "note" : "ours"} ${state === "failed" ? "bubble-failed" : ""}`}
        >
          <Body html={renderNow(message.body)} />
          {message.attachments && message.attachments.length > 0 && (
            <span className="chip mt-1">
              <Icon name="paperclip" size={12} />
              {t("thread.files", { count: message.attachments.length })}
            </span>
          )}
        </div>
        <State conv={conv} outgoing={outgoing} />
      </div>
    </article>
  );
}

function State({ conv, outgoing }: { conv: Id; outgoing: Outgoing }) {
  const { t } = useI18n();
  const { state: connection } = useConnection();
  const { state } = outgoing;
  if (state === "failed") return <Refused conv={conv} outgoing={outgoing} />;
  if (state === "queued" && connection !== "ready") {
    return (
      <span className="mt-0.5 inline-flex items-center gap-1 px-1 text-meta text-ink-3">
        <Icon name="clock" size={14} />
        {t("send.queued")}
      </span>
    );
  }
  return <Sending />;
}

function Sending() {
  const { t } = useI18n();
  const { clock } = useDesk().world;
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = clock.after(PATIENCE_MS, () => setLong(true));
    return () => clock.cancel(timer);
  }, [clock]);
  return (
    <span
      className={`mt-0.5 inline-flex items-center gap-1 px-1 text-meta text-ink-3 ${isLong ? "" : "invisible"}`}
    >
      <Icon name="refresh-cw" size={12} />
      {t("send.sending")}
    </span>
  );
}

/** It stays where it is until somebody decides what becomes of it. */
function Refused({ conv, outgoing }: { conv: Id; outgoing: Outgoing }) {
  const page = usePage();
  const i18n = useI18n();
  const now = useNow();
  const { t } = i18n;
  const { desk, speaking } = page;
  const { message, reason } = outgoing;
  const id = message.client_id;
  const isLocked = lockOf(useTalk(conv).whole) !== null;
  const newer = reason?.newer ?? null;
  const fault = Object.values(reason?.errors ?? {})[0]?.[0]?.detail;
  const text =
    newer === null
      ? `${t("send.failed")} ${fault ?? reason?.detail ?? ""}`
      : t("send.newer_reply", {
          name: newer.author?.name ?? "",
          when: i18n.when(newer.created_at, now),
        });
  return (
    <div role="alert" className="mt-1 flex flex-col items-end gap-1.5">
      <span className="inline-flex items-center gap-1 px-1 text-second text-bad">
        <Icon name="circle-alert" size={14} />
        {text}
      </span>
      <div className="flex flex-wrap justify-end gap-1.5">
        {newer === null ? (
          <Button icon="rotate-ccw" onClick={() => desk.outbox.retry(id)}>
            {t("action.retry")}
          </Button>
        ) : (
          <>
            <Button icon="eye" onClick={() => void desk.threads.jumpTo(conv, newer.seq)}>
              {t("send.review")}
            </Button>
            <Button look="primary" onClick={() => speaking.sendAnyway(conv, id, newer)}>
              {t("send.anyway")}
            </Button>
          </>
        )}
        {isLocked ? (
          <Button
            icon="copy"
            onClick={() => void copyText(page, message.body, "toast.text_copied")}
          >
            {t("message.copy")}
          </Button>
        ) : (
          <Button icon="pencil" onClick={() => speaking.takeBack(conv, id)}>
            {t("action.edit")}
          </Button>
        )}
        <Button icon="trash-2" onClick={() => desk.outbox.discard(id)}>
          {t("action.delete")}
        </Button>
      </div>
    </div>
  );
}
