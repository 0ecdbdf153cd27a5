/** Where one writes: a reply that the customer reads, or a note that stays in the house. */

import { useRef } from "react";
import type { Id, Visibility } from "../../core/types";
import { useDesk, useDraft, useI18n, usePage, useTalk, useUi } from "../hooks";
import { lockOf } from "../model/locks";
import { modeOf, quote, setMode } from "../model/ui";
import { ActionButton, Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { DraftOffer } from "./DraftOffer";
import { Files } from "./Files";
import { SendBar } from "./SendBar";
import { TextField } from "./TextField";
import { Toolbar } from "./Toolbar";

export function Composer({ conv }: { conv: Id }) {
  const page = usePage();
  const { t } = useI18n();
  const { whole, row } = useTalk(conv);
  const mode = useUi((state) => modeOf(state, conv));
  const field = useRef<HTMLTextAreaElement>(null);
  const isRoom = row !== null && row.kind !== "customer";
  const locked = lockOf(whole);
  if (locked !== null) {
    return (
      <Locked reason={t(locked)}>
        {whole?.status === "closed" && whole.merged_into === null && (
          <Button onClick={() => page.actions.run("conversation.follow_up", page.context)}>
            {t("thread.follow_up")}
          </Button>
        )}
      </Locked>
    );
  }
  const isNote = mode === "note";
  return (
    <div
      data-pane
      data-scope="composer"
      className={`composer relative mx-4 mb-4 rounded-panel border shadow-float ${
        isNote ? "composer-note border-dashed border-note-line bg-note" : "border-line bg-raised"
      }`}
    >
      {!isRoom && <Modes conv={conv} mode={mode} />}
      <DraftOffer conv={conv} mode={mode} />
      <ClaimOffer conv={conv} mode={mode} />
      <QuoteStrip conv={conv} />
      <TextField field={field} conv={conv} mode={mode} />
      <Files conv={conv} mode={mode} />
      <div className="flex flex-wrap items-center gap-1 px-2 pb-2">
        <Toolbar conv={conv} mode={mode} field={field} />
        <span className="grow" />
        <SendBar conv={conv} mode={mode} />
      </div>
    </div>
  );
}

function Locked({ reason, children }: { reason: string; children: React.ReactNode }) {
  return (
    <div className="mx-4 mb-4 flex items-center gap-2 rounded-panel border border-line bg-sunken px-4 py-3 text-second text-ink-2">
      <Icon name="lock" size={16} />
      <span className="grow">{reason}</span>
      {children}
    </div>
  );
}

function Modes({ conv, mode }: { conv: Id; mode: Visibility }) {
  const page = usePage();
  const { t } = useI18n();
  const one = (value: Visibility, text: string, icon: "reply" | "lock") => (
    <button
      type="button"
      role="tab"
      aria-selected={mode === value}
      aria-controls="composer-text"
      tabIndex={mode === value ? 0 : -1}
      className={`btn ${mode === value ? (value === "note" ? "btn-note" : "bg-sunken") : "btn-ghost"}`}
      onClick={() => {
        setMode(page.ui, conv, value);
        page.handles.composer?.focus();
      }}
    >
      <Icon name={icon} size={16} />
      {text}
    </button>
  );
  return (
    <div
      role="tablist"
      aria-label={t("composer.mode")}
      className="flex items-center gap-1 px-2 pt-2"
      onKeyDown={(event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        setMode(page.ui, conv, mode === "note" ? "public" : "note");
        event.currentTarget
          .querySelector<HTMLElement>(`[role=tab]:not([aria-selected=true])`)
          ?.focus();
      }}
    >
      {one("public", t("composer.reply"), "reply")}
      {one("note", t("composer.note"), "lock")}
      <span className="ms-auto flex min-w-0 gap-2 truncate pe-2 text-meta">
        {mode === "note" && (
          <span className="text-note-ink max-rail:hidden">{t("composer.note_hint")}</span>
        )}
        <DraftState conv={conv} mode={mode} />
      </span>
    </div>
  );
}

/** Whoever answers what nobody has may want to have it. */
function ClaimOffer({ conv, mode }: { conv: Id; mode: Visibility }) {
  const { t } = useI18n();
  const { whole } = useTalk(conv);
  const { body } = useDraft(conv, mode);
  const isNobodys = whole?.kind === "customer" && !whole.assignee;
  if (!isNobodys || body.trim() === "") return null;
  return (
    <div className="mx-3 mt-2 flex items-center gap-2 rounded-control bg-accent-soft px-3 py-1 text-second text-accent-ink">
      <span className="grow">{t("composer.nobodys")}</span>
      <ActionButton action="conversation.claim" look="ghost" className="text-accent-ink" />
    </div>
  );
}

function DraftState({ conv, mode }: { conv: Id; mode: Visibility }) {
  const { t } = useI18n();
  const { body, isDirty } = useDraft(conv, mode);
  if (body.trim() === "") return null;
  return (
    <span className="text-ink-3 max-rail:hidden">
      {t(isDirty ? "composer.saving" : "composer.saved")}
    </span>
  );
}

function QuoteStrip({ conv }: { conv: Id }) {
  const page = usePage();
  const { me } = useDesk();
  const { t } = useI18n();
  const quoted = useUi((state) => state.quotes[conv]);
  if (quoted === undefined) return null;
  const name = quoted.author?.id === me ? t("thread.you") : (quoted.author?.name ?? "");
  return (
    <div className="mx-3 mt-2 flex items-center gap-2 border-s-2 border-accent ps-2 text-second text-ink-2">
      <span className="min-w-0 grow truncate">
        <bdi className="font-semibold">{name}</bdi> <bdi dir="auto">{quoted.body}</bdi>
      </span>
      <IconButton
        label={t("composer.unquote")}
        icon="x"
        className="h-6 min-h-6 w-6"
        onClick={() => quote(page.ui, conv, null)}
      />
    </div>
  );
}
