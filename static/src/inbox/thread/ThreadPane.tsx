/** The conversation that is open, or why it is not to be seen. */

import { useLayoutEffect } from "react";
import type { Id } from "../../core/types";
import { Composer } from "../composer/Composer";
import { useConnection, useI18n, usePage, useTalk, useThread } from "../hooks";
import { usePlace } from "../shell/place";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Empty, Failed } from "../ui/States";
import { DropTarget } from "./DropTarget";
import { Feed } from "./Feed";
import { ThreadHeader } from "./ThreadHeader";
import { TypingLine } from "./TypingLine";

export function ThreadPane() {
  const { conv } = usePlace();
  const { t } = useI18n();
  return (
    <main
      tabIndex={-1}
      aria-label={t("thread.label")}
      className="flex h-full min-h-0 min-w-0 flex-col outline-none"
    >
      {conv === null ? (
        <div className="m-auto">
          <Empty icon="message-circle" title={t("thread.none")} text={t("thread.none_text")} />
        </div>
      ) : (
        <Open key={conv} conv={conv} />
      )}
    </main>
  );
}

/** Whoever was in the thread, or wrote there, is in the one that comes after it. */
function useFocusKept(): void {
  const page = usePage();
  useLayoutEffect(
    // What was open goes with its focus.
    () => () => {
      const { activeElement: focused } = document;
      if (focused?.matches("main") || !focused?.closest("main")) return;
      const wasWriting = focused.id === "composer-text";
      queueMicrotask(() => {
        const { composer, feed, list } = page.handles;
        if (document.activeElement !== document.body) return;
        if (page.place?.conv == null) list?.focus();
        else if (wasWriting && composer !== null) composer.focus();
        else feed?.focus();
      });
    },
    [page],
  );
}

function Open({ conv }: { conv: Id }) {
  const page = usePage();
  const { t } = useI18n();
  const { row, error } = useTalk(conv);
  const open = useThread(conv);
  useFocusKept();
  if (open.follow === "gone" || error?.status === 404) return <Gone />;
  if (error?.status === 403) return <Forbidden />;
  if (open.loading === "failed" && !open.isLoaded) {
    const retry = () => void page.desk.threads.load(conv, row?.unread, page.place?.at);
    return <Failed title={t("thread.failed")} error={open.error} onRetry={retry} />;
  }
  if (error !== null && row === null) {
    return <Failed title={t("thread.failed")} error={error} onRetry={() => page.reopen()} />;
  }
  return (
    <DropTarget conv={conv}>
      <ThreadHeader conv={conv} />
      <Notices conv={conv} />
      <Feed conv={conv} />
      <TypingLine conv={conv} />
      <Composer conv={conv} />
    </DropTarget>
  );
}

/** What one must know before one writes. */
function Notices({ conv }: { conv: Id }) {
  const page = usePage();
  const { t } = useI18n();
  const { whole } = useTalk(conv);
  const { state } = useConnection();
  const { isLoaded } = useThread(conv);
  return (
    <>
      {whole?.merged_into && (
        <Notice icon="merge" text={t("thread.merged")}>
          <Button onClick={() => page.open(whole.merged_into)}>{t("action.open")}</Button>
        </Notice>
      )}
      {whole?.archived && <Notice icon="archive" text={t("thread.archived")} />}
      {state === "offline" && isLoaded && <Notice icon="wifi-off" text={t("thread.stale")} />}
    </>
  );
}

function Notice({
  icon,
  text,
  children,
}: {
  icon: "merge" | "archive" | "wifi-off";
  text: string;
  children?: React.ReactNode;
}) {
  return (
    <div
      role="status"
      className="flex items-center gap-2 border-b border-line bg-sunken px-4 py-1.5 text-second text-ink-2"
    >
      <Icon name={icon} size={16} />
      <span className="grow">{text}</span>
      {children}
    </div>
  );
}

function Gone() {
  const page = usePage();
  const { t } = useI18n();
  return (
    <div className="m-auto">
      <Empty icon="lock" title={t("thread.gone")} text={t("thread.gone_text")}>
        <Button onClick={() => page.open(null)}>{t("thread.back")}</Button>
      </Empty>
    </div>
  );
}

function Forbidden() {
  const page = usePage();
  const { t } = useI18n();
  return (
    <div className="m-auto">
      <Empty icon="lock" title={t("thread.forbidden")} text={t("thread.forbidden_text")}>
        <Button onClick={() => page.open(null)}>{t("thread.back")}</Button>
      </Empty>
    </div>
  );
}
