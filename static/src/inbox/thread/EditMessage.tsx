/** One's own message, changed where it stands. */

import { useState } from "react";
import type { Id } from "../../core/types";
import { useI18n, usePage } from "../hooks";
import { type Edit, edit as rewrite } from "../model/ui";
import { Button } from "../ui/Button";

export function EditMessage({ conv, edit }: { conv: Id; edit: Edit }) {
  const page = usePage();
  const { t } = useI18n();
  const { message, text } = edit;
  const [isSaving, setSaving] = useState(false);
  const end = () => {
    rewrite(page.ui, conv, null);
    page.handles.composer?.focus();
  };
  const save = async () => {
    const body = text.trim();
    if (body === "" || isSaving) return;
    setSaving(true);
    const isDone = body === message.body || (await page.speaking.edit(conv, message, body));
    setSaving(false);
    if (isDone) end();
  };
  return (
    <form
      data-scope="composer"
      className="flex w-[min(68ch,60vw)] flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        // biome-ignore lint/a11y/noAutofocus: one asked to write here
        autoFocus
        dir="auto"
        aria-label={t("message.edit")}
        maxLength={10_000}
        className="field grow-with-text max-h-[40vh] min-h-[60px]"
        value={text}
        onChange={({ target }) => rewrite(page.ui, conv, message, target.value)}
        onFocus={({ target }) => target.setSelectionRange(text.length, text.length)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            void save();
          }
          if (event.key === "Escape") {
            event.preventDefault();
            end();
          }
        }}
      />
      <div className="flex gap-2">
        <Button look="primary" type="submit" disabled={isSaving || text.trim() === ""}>
          {t("message.save")}
        </Button>
        <Button look="ghost" onClick={end}>
          {t("action.cancel")}
        </Button>
      </div>
    </form>
  );
}
