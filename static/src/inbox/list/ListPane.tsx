/** The list beside the thread: of a view, of a search, or of the rooms. */

import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { Conversation, Id } from "../../core/types";
import { useDesk, useI18n, useList, usePage, useTold, useUi } from "../hooks";
import { toggleSelected } from "../model/ui";
import { usePlace } from "../shell/place";
import { Failed } from "../ui/States";
import { BulkBar } from "./BulkBar";
import { Chunk } from "./Chunk";
import { EmptyList } from "./EmptyList";
import { ListHeader } from "./ListHeader";
import { Row } from "./Row";

const CHUNK = 20;
/** Of each view, so that Back finds the list where it was. */
const offsets = new Map<string, number>();

/** `edge` is what moves its border. */
export function ListPane({ edge }: { edge?: React.ReactNode }) {
  const page = usePage();
  const { t } = useI18n();
  const place = usePlace();
  const source = useSource();
  const scroll = useRef<HTMLDivElement>(null);
  const { rows } = source;

  useEffect(() => {
    const handle = { focus: () => scroll.current?.focus({ preventScroll: true }) };
    page.handles.list = handle;
    return () => {
      page.handles.list = null;
    };
  }, [page]);

  useLayoutEffect(() => {
    const box = scroll.current;
    if (box === null) return;
    box.scrollTop = offsets.get(place.view) ?? 0;
    // As it goes: when the next view is drawn it may be shorter, and the place is lost.
    const keep = () => void offsets.set(place.view, box.scrollTop);
    box.addEventListener("scroll", keep, { passive: true });
    return () => box.removeEventListener("scroll", keep);
  }, [place.view]);

  return (
    <section
      data-pane
      data-scope="list"
      aria-label={t("list.label")}
      className="relative flex h-full min-h-0 flex-col"
    >
      <ListHeader total={source.total} hasMore={source.hasMore} />
      {source.updates > 0 && (
        <button type="button" className="updates" onClick={source.showUpdates}>
          {t("list.updates", { count: source.updates })}
        </button>
      )}
      <Listing box={scroll} rows={rows} source={source} />
      <span className="unseen" aria-live="polite">
        {place.area === "search" && source.isLoaded ? t("list.found", { count: rows.length }) : ""}
      </span>
      <BulkBar />
      {edge}
    </section>
  );
}

function Listing({
  box,
  rows,
  source,
}: {
  box: React.RefObject<HTMLDivElement | null>;
  rows: readonly Conversation[];
  source: Source;
}) {
  const { t } = useI18n();
  const cursor = useUi((state) => state.cursor);
  const isEmpty = rows.length === 0;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only to know whether somebody points at it
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is one of two, which both have a name
    <div
      ref={box}
      id="list"
      data-scroll
      data-pane-focus
      tabIndex={0}
      role={isEmpty ? "group" : "listbox"}
      aria-label={t("list.label")}
      aria-multiselectable={isEmpty ? undefined : true}
      aria-busy={!source.isLoaded}
      aria-activedescendant={cursor !== null && !isEmpty ? `row-${cursor}` : undefined}
      className="list-box min-h-0 grow overflow-y-auto px-2 py-2"
      onPointerEnter={source.hold}
      onPointerLeave={source.release}
      onFocus={source.hold}
      onBlur={source.release}
    >
      {source.error !== null && rows.length === 0 ? (
        <Failed title={t("list.failed")} error={source.error} onRetry={source.retry} />
      ) : rows.length > 0 ? (
        <Rows rows={rows} />
      ) : source.isLoaded ? (
        <EmptyList />
      ) : (
        <Waiting />
      )}
      {source.hasMore && <More load={source.loadMore} count={rows.length} />}
    </div>
  );
}

function Rows({ rows }: { rows: readonly Conversation[] }) {
  const page = usePage();
  const place = usePlace();
  const cursor = useUi((state) => state.cursor);
  const selected = useUi((state) => state.selected);
  const last = useRef<Id | null>(null);

  useEffect(() => {
    const isHere = document.activeElement?.id === "list";
    if (cursor && isHere)
      document.getElementById(`row-${cursor}`)?.scrollIntoView({ block: "nearest" });
  }, [cursor]);

  const deeds = useMemo(() => {
    const check = (row: Conversation, isRange: boolean) => {
      const ids = page.rows.map((each) => each.id);
      const [from, to] = [ids.indexOf(last.current ?? row.id), ids.indexOf(row.id)];
      last.current = row.id;
      if (!isRange) {
        toggleSelected(page.ui, row.id);
        return;
      }
      const range = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
      page.ui.setState((state) => ({ selected: new Set([...state.selected, ...range]) }));
    };
    const press = (row: Conversation, event: React.MouseEvent) => {
      if (event.shiftKey) check(row, true);
      else if (event.button === 1 || event.ctrlKey || event.metaKey) {
        window.open(`/app/c/${row.id}`, "_blank", "noopener");
      } else page.open(row.id);
    };
    return { check, press };
  }, [page]);

  const chunks = Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, n) =>
    rows.slice(n * CHUNK, (n + 1) * CHUNK),
  );
  return chunks.map((chunk, n) => (
    <Chunk
      // biome-ignore lint/suspicious/noArrayIndexKey: a part of the list is its place in it
      key={n}
      size={chunk.length}
      isNeeded={chunk.some((row) => row.id === cursor)}
    >
      {() =>
        chunk.map((row, at) => (
          <Row
            key={row.id}
            row={row}
            at={n * CHUNK + at}
            total={rows.length}
            isOpen={row.id === place.conv}
            isCursor={row.id === cursor}
            isSelected={selected.has(row.id)}
            onPress={deeds.press}
            onCheck={deeds.check}
          />
        ))
      }
    </Chunk>
  ));
}

interface Source {
  rows: readonly Conversation[];
  total: number;
  updates: number;
  isLoaded: boolean;
  hasMore: boolean;
  error: Error | null;
  retry: () => void;
  loadMore: () => void;
  showUpdates: () => void;
  hold: () => void;
  release: () => void;
}

function useSource(): Source {
  const { rooms, lists, feed } = useDesk();
  const place = usePlace();
  const { list, error } = useList();
  const team = useTold(rooms.onChange, () => rooms.list);
  const nothing = () => {};
  if (place.area === "team") {
    const still = { hold: nothing, release: nothing, loadMore: nothing, showUpdates: nothing };
    const told = { rows: team, total: team.length, updates: 0, hasMore: false };
    const { isLoaded, error: failure } = rooms;
    return { ...still, ...told, isLoaded, error: failure, retry: () => void rooms.load() };
  }
  if (place.view === "q-") {
    const still = { hold: nothing, release: nothing, loadMore: nothing, showUpdates: nothing };
    const told = { rows: [], total: 0, updates: 0, hasMore: false, isLoaded: true, error: null };
    return { ...still, ...told, retry: nothing };
  }
  return {
    ...list,
    total: list.rows.length,
    error,
    retry: () => lists.retry(),
    loadMore: () => void feed.loadMore(),
    showUpdates: () => lists.current?.showUpdates(),
    hold: () => lists.current?.hold(),
    release: () => lists.current?.release(),
  };
}

/** Comes into view when more is to be read. */
function More({ load, count }: { load: () => void; count: number }) {
  const mark = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each page it is looked for again
  useEffect(() => {
    const element = mark.current;
    if (element === null || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load(), {
      root: element.closest("[data-scroll]"),
      rootMargin: "600px 0px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [count]);
  return (
    <div ref={mark} role="presentation" className="p-3">
      <span aria-hidden="true" className="skeleton block h-12" />
    </div>
  );
}

function Waiting() {
  return (
    <div aria-hidden="true">
      {["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
        <div key={key} className="flex gap-3 px-4 py-3">
          <span className="skeleton size-9 rounded-full" />
          <span className="flex grow flex-col gap-2">
            <span className="skeleton h-4 w-2/3" />
            <span className="skeleton h-3 w-full" />
          </span>
        </div>
      ))}
    </div>
  );
}
