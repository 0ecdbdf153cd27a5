/** Files that are dropped anywhere on the thread; it says beforehand what they go into. */

import { type ReactNode, useState } from "react";
import type { Id } from "../../core/types";
import { useDesk, useI18n, useUi } from "../hooks";
import { modeOf } from "../model/ui";
import { Icon } from "../ui/Icon";

export function DropTarget({ conv, children }: { conv: Id; children: ReactNode }) {
  const { uploads } = useDesk();
  const { t } = useI18n();
  const mode = useUi((state) => modeOf(state, conv));
  const [depth, setDepth] = useState(0);
  const hasFiles = (event: React.DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: there is a button for the same
    <div
      className="relative flex min-h-0 grow flex-col"
      onDragEnter={(event) => hasFiles(event) && setDepth(depth + 1)}
      onDragLeave={(event) => hasFiles(event) && setDepth(Math.max(0, depth - 1))}
      onDragOver={(event) => hasFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setDepth(0);
        uploads.add(conv, mode, [...event.dataTransfer.files]);
      }}
    >
      {children}
      {depth > 0 && (
        <div
          className={`pointer-events-none absolute inset-2 z-20 flex items-center justify-center gap-2 rounded-panel border-2 border-dashed text-title font-semibold ${
            mode === "note"
              ? "border-note-line bg-note text-note-ink"
              : "border-accent bg-accent-soft text-accent-ink"
          }`}
        >
          <Icon name={mode === "note" ? "lock" : "paperclip"} />
          {t(mode === "note" ? "drop.note" : "drop.reply")}
        </div>
      )}
    </div>
  );
}
