/** What this company asks about its conversations, and the answers. */

import { useState } from "react";
import type { ConversationWhole } from "../../core/types";
import type { Attribute } from "../api";
import { useConnection, useDesk, useI18n, usePage } from "../hooks";
import { Failed, Lines } from "../ui/States";
import { useRead } from "./useRead";

export function Attributes({ whole }: { whole: ConversationWhole }) {
  const { questions } = useDesk();
  const { t } = useI18n();
  const { value, error, again } = useRead("attributes", () => questions.read());
  if (error !== null)
    return <Failed title={t("attributes.failed")} error={error} onRetry={again} />;
  if (value === null) return <Lines count={2} />;
  if (value.length === 0) {
    return <p className="text-second text-ink-3">{t("attributes.none")}</p>;
  }
  return (
    <div className="flex flex-col gap-1">
      {value.map((each) => (
        <Answer
          key={`${each.key} ${String(whole.attributes?.[each.key] ?? "")}`}
          whole={whole}
          attribute={each}
        />
      ))}
    </div>
  );
}

function Answer({ whole, attribute }: { whole: ConversationWhole; attribute: Attribute }) {
  const page = usePage();
  const { t } = useI18n();
  const { state } = useConnection();
  const { key, label, kind, options } = attribute;
  const answer = whole.attributes?.[key] ?? null;
  const [text, setText] = useState(answer === null ? "" : String(answer));
  const isLocked = state === "offline" || whole.status === "closed";
  const keep = (value: unknown) => {
    if (value !== answer) void page.deeds.setAttribute(whole.id, key, value);
  };
  const look = "field min-h-[30px] py-0.5 text-second";
  const common = {
    disabled: isLocked,
    title: isLocked ? t(state === "offline" ? "reason.offline" : "reason.closed") : undefined,
  };
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control stands inside
    <label className="flex items-center gap-2 text-second">
      <span className="w-[92px] shrink-0 truncate text-ink-3">
        <bdi>{label}</bdi>
      </span>
      {kind === "boolean" || kind === "list" ? (
        <select
          {...common}
          className={look}
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            const chosen = target.value;
            keep(chosen === "" ? null : kind === "boolean" ? chosen === "true" : chosen);
          }}
        >
          <option value="">{t("attributes.unset")}</option>
          {(kind === "boolean" ? ["true", "false"] : options).map((each) => (
            <option key={each} value={each}>
              {kind === "boolean" ? t(each === "true" ? "attributes.yes" : "attributes.no") : each}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          dir="auto"
          type={kind === "text" ? "text" : kind}
          className={look}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onBlur={() => {
            const wanted = text.trim();
            keep(wanted === "" ? null : kind === "number" ? Number(wanted) : wanted);
          }}
          onKeyDown={({ key: pressed, currentTarget }) =>
            pressed === "Enter" && currentTarget.blur()
          }
        />
      )}
    </label>
  );
}
