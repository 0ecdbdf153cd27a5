import type { Id, Visibility } from "../../core/types";
import { useDesk, useDraft, useI18n } from "../hooks";
import { Button } from "../ui/Button";

/** A newer draft from elsewhere is offered, never put over this one. */
export function DraftOffer({ conv, mode }: { conv: Id; mode: Visibility }) {
  const { drafts, uploads } = useDesk();
  const { t } = useI18n();
  const { offered } = useDraft(conv, mode);
  if (offered === null) return null;
  const take = () => {
    // biome-ignore lint/correctness/useHookAtTopLevel: a method of the core, no hook
    drafts.useOffered(conv, mode);
    uploads.clear(conv, mode);
    void uploads.restore(conv, mode, offered.attachments);
  };
  return (
    <div
      role="status"
      className="mx-3 mt-2 flex flex-wrap items-center gap-2 rounded-control bg-warn-soft px-3 py-1.5 text-second text-warn"
    >
      <span className="min-w-0 grow truncate">
        {t("draft.newer")} <bdi dir="auto">{offered.body}</bdi>
      </span>
      <Button onClick={take}>{t("draft.use")}</Button>
      <Button look="ghost" onClick={() => drafts.keepMine(conv, mode)}>
        {t("draft.keep")}
      </Button>
    </div>
  );
}
