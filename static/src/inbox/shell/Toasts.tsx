/** What was done, and the way back for as long as it stands. */

import { useEffect, useState } from "react";
import { useDesk, useI18n, usePage, useUi } from "../hooks";
import { dropToast, type Toast } from "../model/ui";
import { Button, IconButton } from "../ui/Button";

const PLAIN_MS = 4000;
const UNDO_MS = 8000;

export function Toasts() {
  const toasts = useUi((state) => state.toasts);
  const { t } = useI18n();
  return (
    <section aria-label={t("toast.label")} className="flex flex-col gap-2">
      {toasts.map((each) => (
        <One key={each.id} toast={each} />
      ))}
    </section>
  );
}

function One({ toast }: { toast: Toast }) {
  const page = usePage();
  const { t } = useI18n();
  const { clock } = useDesk().world;
  const { id, text, tone, undo, open, detail } = toast;
  const isBad = tone === "bad";
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    // What went wrong stays until it was read, and what somebody points at until they have gone.
    if (isBad || isNear) return;
    const timer = clock.after(undo === null ? PLAIN_MS : UNDO_MS, () => dropToast(page.ui, id));
    return () => clock.cancel(timer);
  }, [page, id, isBad, isNear, undo, clock]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only to know whether somebody reads it
    <div
      role={isBad ? "alert" : "status"}
      onPointerEnter={() => setNear(true)}
      onPointerLeave={() => setNear(false)}
      onFocus={() => setNear(true)}
      onBlur={() => setNear(false)}
      className={`pointer-events-auto flex max-w-[420px] items-center gap-2 rounded-row border bg-raised py-1.5 ps-4 pe-1.5 text-second shadow-float ${
        isBad ? "border-bad" : "border-line"
      }`}
    >
      <span className="min-w-0 grow">
        {text}
        {detail && <small className="block text-meta break-words text-ink-3">{detail}</small>}
      </span>
      {(undo ?? open) && (
        <Button
          look="ghost"
          className="text-accent-ink"
          onClick={() => {
            dropToast(page.ui, id);
            (undo ?? open)?.();
          }}
        >
          {t(undo ? "action.undo" : "action.open")}
        </Button>
      )}
      <IconButton
        label={t("action.close")}
        icon="x"
        className="h-7 min-h-7 w-7"
        onClick={() => dropToast(page.ui, id)}
      />
    </div>
  );
}
