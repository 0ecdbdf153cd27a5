/** What is decided about a conversation; each is changed at a press, or by its key. */

import type { ReactNode } from "react";
import type { ConversationWhole } from "../../core/types";
import type { ActionId } from "../actions/all";
import { useConnection, useI18n, usePage } from "../hooks";
import { FAR } from "../model/deeds";
import { PRIORITY_KEYS, STATUS_KEYS } from "../model/ui";
import { PersonAvatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";

export function Facts({ whole }: { whole: ConversationWhole }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { assignee, department, priority, status, snoozed_until: until, tags = [] } = whole;
  const nobody = <span className="text-ink-3">{t("details.nobody")}</span>;
  return (
    <div className="-mx-2 flex flex-col">
      <Fact name={t("details.assignee")} action="conversation.assign">
        {assignee ? (
          <span className="flex min-w-0 items-center gap-1.5">
            <PersonAvatar id={assignee.id} name={assignee.name} size={18} />
            <bdi className="truncate">{assignee.name}</bdi>
          </span>
        ) : (
          nobody
        )}
      </Fact>
      <Fact name={t("details.department")} action="conversation.department">
        <bdi className="truncate">{department?.name}</bdi>
      </Fact>
      <Fact name={t("details.status")} action="conversation.status">
        {status && t(STATUS_KEYS[status])}
      </Fact>
      <Fact name={t("details.priority")} action="conversation.priority">
        {priority && (
          <span className={priority === "urgent" ? "font-semibold text-bad" : ""}>
            {t(PRIORITY_KEYS[priority])}
          </span>
        )}
      </Fact>
      <Fact
        name={t("details.snoozed")}
        action={until ? "conversation.wake" : "conversation.snooze"}
      >
        {until ? (
          until >= FAR.slice(0, 10) ? (
            t("row.until_reply")
          ) : (
            i18n.moment(until)
          )
        ) : (
          <span className="text-ink-3">{t("details.not_snoozed")}</span>
        )}
      </Fact>
      <Fact name={t("details.labels")} action="conversation.labels">
        <span className="flex flex-wrap gap-1">
          {tags.length === 0 && <Icon name="plus" size={16} className="text-ink-3" />}
          {tags.map((tag) => (
            <span key={tag} className="chip">
              <bdi className="truncate">{tag}</bdi>
            </span>
          ))}
        </span>
      </Fact>
    </div>
  );
}

/** Why it cannot be changed now, where it cannot. */
function Fact({ name, action, children }: { name: string; action: ActionId; children: ReactNode }) {
  const page = usePage();
  const { t } = useI18n();
  useConnection();
  const known = page.actions.get(action);
  const isPossible = known !== null && known.when?.(page.context) !== false;
  const reason = isPossible ? (known.disabled?.(page.context) ?? null) : null;
  const isOpen = isPossible && reason === null;
  return (
    <button
      type="button"
      aria-disabled={!isOpen}
      title={isPossible ? t((reason ?? known.title) as never) : undefined}
      className="flex min-h-[32px] items-center gap-2 rounded-control px-2 py-1 text-start text-second enabled:hover:bg-sunken"
      onClick={() => page.actions.run(action, page.context)}
    >
      <span className="min-w-[84px] shrink-0 text-ink-3">{name}</span>
      <span className="flex min-w-0 grow items-center">{children}</span>
    </button>
  );
}
