/** What stands between the messages: days, where the new ones begin, and what else happened. */

import { useState } from "react";
import type { I18n } from "../../core/i18n";
import type { Line } from "../../core/thread";
import { useI18n } from "../hooks";
import { FAR } from "../model/deeds";
import { PRIORITY_KEYS, STATUS_KEYS } from "../model/ui";
import { Icon } from "../ui/Icon";
import type { Key } from "../words";

export function DayLine({ day }: { day: string }) {
  const i18n = useI18n();
  return (
    <div data-key={`day-${day}`} className="sticky -top-3 z-10 flex justify-center py-2">
      <time
        dateTime={day}
        className="rounded-full border border-line bg-surface px-3 py-0.5 text-meta text-ink-2"
      >
        {i18n.dateOf(day)}
      </time>
    </div>
  );
}

export function NewLine() {
  const { t } = useI18n();
  return (
    <div
      data-new
      data-key="new"
      className="flex items-center gap-3 py-2 text-meta font-semibold text-bad"
    >
      <span className="h-px grow bg-bad opacity-50" />
      {t("thread.new")}
      <span className="h-px grow bg-bad opacity-50" />
    </div>
  );
}

export function EventLines({ lines, isFolded }: { lines: readonly Line[]; isFolded: boolean }) {
  const { t } = useI18n();
  const [isOpen, setOpen] = useState(false);
  const shown = lines.filter((each) => each.type !== "conversation.waiting");
  if (shown.length === 0) return null;
  const key = `line-${lines[0]?.seq}`;
  if (isFolded && !isOpen) {
    return (
      <article data-key={key} className="flex justify-center py-1">
        <button
          type="button"
          aria-expanded="false"
          className="inline-flex items-center gap-1 rounded-chip px-2 py-0.5 text-meta text-ink-3 hover:bg-sunken"
          onClick={() => setOpen(true)}
        >
          {t("thread.changes", { count: shown.length })}
          <Icon name="chevron-down" size={14} />
        </button>
      </article>
    );
  }
  return (
    // Of a feed all parts are articles.
    <article data-key={key}>
      <ul className="flex flex-col items-center gap-0.5 py-1">
        {shown.map((line) => (
          <EventLine key={line.seq} line={line} />
        ))}
      </ul>
    </article>
  );
}

function EventLine({ line }: { line: Line }) {
  const i18n = useI18n();
  return (
    <li className="text-center text-meta text-ink-3">
      <bdi>{textOf(line, i18n)}</bdi> ·{" "}
      <time dateTime={line.at} title={i18n.full(line.at)} className="tabular-nums">
        {i18n.time(line.at)}
      </time>
    </li>
  );
}

export function textOf(line: Line, i18n: I18n<Key>): string {
  const { t } = i18n;
  const name = "name" in line.actor ? line.actor.name : t("line.system");
  const who = { name };
  switch (line.type) {
    case "conversation.status":
      return t("line.status", { ...who, status: t(STATUS_KEYS[line.data.status]) });
    case "conversation.assigned": {
      const { assignee } = line.data;
      if (assignee === null) return t("line.unassigned", who);
      const isSelf = "id" in line.actor && line.actor.id === assignee.id;
      return isSelf ? t("line.claimed", who) : t("line.assigned", { ...who, other: assignee.name });
    }
    case "conversation.department":
      return t("line.department", { ...who, department: line.data.department?.name ?? "" });
    case "conversation.priority":
      return t("line.priority", { ...who, priority: t(PRIORITY_KEYS[line.data.priority]) });
    case "conversation.tags":
      return t("line.tags", { ...who, tags: line.data.tags.join(", ") });
    case "conversation.subject":
      return t("line.subject", { ...who, subject: line.data.subject });
    case "conversation.snoozed": {
      const until = line.data.snoozed_until;
      if (until === null) return t("line.woken", who);
      const isForReply = until >= FAR.slice(0, 10);
      return isForReply
        ? t("line.snoozed_reply", who)
        : t("line.snoozed", { ...who, when: i18n.moment(until) });
    }
    case "conversation.archived":
      return t(line.data.archived ? "line.archived" : "line.unarchived", who);
    case "participant.added":
    case "participant.removed":
      return t(`line.${line.type}`, { ...who, other: line.data.member?.name ?? "" });
    default:
      return t(`line.${line.type}` as Key, who);
  }
}
