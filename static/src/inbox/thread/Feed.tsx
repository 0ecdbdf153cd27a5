/** The window of the thread: it opens where one left off, and what is read never jumps. */

import { useCallback, useEffect, useMemo, useRef } from "react";
import { type Row, rowsOf } from "../../core/rows";
import type { Id } from "../../core/types";
import { useDesk, useI18n, useOutgoing, usePage, useTalk, useThread, useUi } from "../hooks";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Empty } from "../ui/States";
import { DayLine, EventLines, NewLine } from "./Lines";
import { MessageRow } from "./MessageRow";
import { OutgoingRow } from "./OutgoingRow";
import { type Reached, useReached } from "./reached";
import { useReading } from "./reading";
import { useRoving } from "./roving";
import { useScrolling } from "./scrolling";

export function Feed({ conv }: { conv: Id }) {
  const page = usePage();
  const { threads, me, i18n } = useDesk();
  const { t } = i18n;
  const open = useThread(conv);
  const outgoing = useOutgoing(conv);
  const box = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () => rowsOf(open.thread, outgoing, me, i18n.day),
    [open.thread, outgoing, me, i18n],
  );
  const { row: talk } = useTalk(conv);
  const isRoom = talk !== null && talk.kind !== "customer";
  const told = useReached(conv, open.thread.messages);
  useScrolling(box, conv, open, rows);
  useReading(box, conv, rows);
  useRoving(box, conv);
  const { thread, older, newer, isLoaded } = open;

  return (
    <div className="relative min-h-0 grow">
      <div
        ref={box}
        id="thread"
        data-pane
        tabIndex={-1}
        data-scope="thread"
        role="feed"
        aria-label={t("thread.messages")}
        aria-busy={!isLoaded || older === "loading"}
        className="h-full overflow-y-auto px-4 py-3 outline-none [overflow-anchor:none]"
      >
        {!isLoaded && <Bubbles />}
        {isLoaded && thread.hasBefore && (
          <Seam
            state={older}
            text={t("thread.older_failed")}
            onRetry={() => threads.loadOlder(conv)}
          />
        )}
        {isLoaded && rows.length === 0 && <Empty icon="message-circle" title={t("thread.empty")} />}
        {rows.map((row) => (
          <One key={row.key} conv={conv} row={row} told={told} isRoom={isRoom} />
        ))}
        {thread.hasAfter && (
          <Seam
            state={newer}
            text={t("thread.newer_failed")}
            onRetry={() => threads.loadNewer(conv)}
          />
        )}
      </div>
      <ToLatest conv={conv} />
      <Announcer conv={conv} page={page} />
    </div>
  );
}

function One({ conv, row, told, isRoom }: { conv: Id; row: Row; told: Reached; isRoom: boolean }) {
  switch (row.kind) {
    case "day":
      return <DayLine day={row.day} />;
    case "new":
      return <NewLine />;
    case "lines":
      return <EventLines lines={row.lines} isFolded={row.isFolded} />;
    case "outgoing":
      return <OutgoingRow conv={conv} outgoing={row.outgoing} isFirst={row.isFirst} />;
    default: {
      const { message, isFirst, isLast } = row;
      const { seq } = message;
      return (
        <MessageRow
          conv={conv}
          message={message}
          isFirst={isFirst}
          isLast={isLast}
          isRoom={isRoom}
          told={seq === told.seen ? "seen" : seq === told.sent ? "sent" : null}
          isEnd={seq === told.end}
        />
      );
    }
  }
}

/** Where the window ends and more is read, or could not be. */
function Seam({
  state,
  text,
  onRetry,
}: {
  state: "idle" | "loading" | "failed";
  text: string;
  onRetry: () => void;
}) {
  const { t } = useI18n();
  if (state !== "failed") {
    return (
      <div aria-hidden="true" className="flex flex-col gap-2 py-2">
        <span className="skeleton h-10 w-1/2 rounded-panel" />
        <span className="skeleton h-10 w-1/3 self-end rounded-panel" />
      </div>
    );
  }
  return (
    <div role="alert" className="flex items-center justify-center gap-3 py-3 text-second text-bad">
      {text}
      <Button icon="rotate-ccw" onClick={onRetry}>
        {t("action.retry")}
      </Button>
    </div>
  );
}

function ToLatest({ conv }: { conv: Id }) {
  const { threads } = useDesk();
  const { t } = useI18n();
  const { thread, isLoaded } = useThread(conv);
  if (!isLoaded || (thread.isPinned && !thread.hasAfter)) return null;
  const text =
    thread.newBelow > 0 ? t("thread.new_below", { count: thread.newBelow }) : t("thread.to_latest");
  return (
    <button
      type="button"
      className="absolute end-5 bottom-3 z-10 inline-flex min-h-[32px] items-center gap-1.5 rounded-full border border-line bg-raised px-3 text-second font-semibold shadow-float hover:bg-sunken"
      onClick={() => void threads.toEnd(conv)}
    >
      {text}
      <Icon name="arrow-down" size={16} />
    </button>
  );
}

const MOST_SAID = 3;

/** What others say is read out, together and never in the middle of a word. */
function Announcer({ conv, page }: { conv: Id; page: ReturnType<typeof usePage> }) {
  const said = useUi((state) => state.said);
  const { threads, me, world, i18n } = page.desk;
  const waiting = useRef<string[]>([]);
  const tell = useCallback(() => {
    const said = waiting.current.splice(0);
    // What came together after a pause is more than anybody wants to hear.
    const isMuch = said.length > MOST_SAID;
    const text = isMuch ? i18n.t("thread.new_below", { count: said.length }) : said.join(" ");
    page.ui.setState({ said: text });
  }, [page, i18n]);
  useEffect(
    () =>
      threads.onEvents.add((where, events) => {
        if (where !== conv) return;
        for (const { type, data } of events) {
          if (type !== "message.created" || !("body" in data) || data.author?.id === me) continue;
          if (waiting.current.length === 0) world.clock.after(1000, tell);
          waiting.current.push(`${data.author?.name ?? ""}: ${data.body}`);
        }
      }),
    [threads, conv, me, world, tell],
  );
  return (
    <div aria-live="polite" className="unseen">
      {said}
    </div>
  );
}

function Bubbles() {
  return (
    <div aria-hidden="true" className="flex flex-col gap-4 py-4">
      {["w-2/3", "w-1/2 self-end", "w-3/5", "w-1/3", "w-2/3 self-end", "w-2/5"].map((look) => (
        <span key={look} className={`skeleton h-14 rounded-panel ${look}`} />
      ))}
    </div>
  );
}
