/** What the list shows, how much of it, and in which order. */

import { useEffect, useRef, useState } from "react";
import type { Ordering } from "../../core/view";
import { useConnection, useCounts, useDesk, useI18n, usePage, useTextDir, useTold } from "../hooks";
import { isBuiltIn, ORDERS } from "../model/views";
import { usePlace } from "../shell/place";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Menu, MenuAction, MenuChoice, MenuLine, MenuTitle } from "../ui/Menu";
import type { Key } from "../words";

const PAUSE_MS = 250;

export function ListHeader({ total, hasMore }: { total: number; hasMore: boolean }) {
  const page = usePage();
  const place = usePlace();
  const { t } = useI18n();
  const name = useViewName();
  if (place.area === "search") return <SearchField />;
  return (
    <header className="flex min-h-[56px] items-center gap-2 border-b border-line ps-4 pe-2">
      <IconButton
        label={t("nav.open")}
        icon="menu"
        className="rail:hidden"
        onClick={() => page.ui.setState({ drawer: "nav" })}
      />
      <h1 className="flex min-w-0 items-center gap-2 text-title font-semibold">
        <bdi className="truncate">{name}</bdi>
        <Total total={total} hasMore={hasMore} />
      </h1>
      <span className="grow" />
      {place.area === "view" && <Order />}
      {place.area === "team" && (
        <IconButton
          label={t("room.new")}
          icon="plus"
          action="conversation.new"
          onClick={() => page.actions.run("conversation.new", page.context)}
        />
      )}
    </header>
  );
}

/** Where only the first rows are known, there are more than those. */
function Total({ total, hasMore }: { total: number; hasMore: boolean }) {
  const place = usePlace();
  const counts = useCounts();
  const i18n = useI18n();
  const known: Record<string, number | undefined> = {
    mine: counts?.mine,
    unassigned: counts?.unassigned,
    all: counts?.open,
    snoozed: counts?.snoozed,
  };
  const { state } = useConnection();
  const exact = place.area === "view" ? known[place.view] : undefined;
  const count = exact ?? total;
  if (count === 0) return null;
  const faded = state === "offline" ? "opacity-50" : "";
  return (
    <span
      className={`rounded-full bg-sunken px-2 text-meta font-medium text-ink-2 tabular-nums ${faded}`}
    >
      {i18n.number(count)}
      {exact === undefined && hasMore && "+"}
    </span>
  );
}

export function useViewName(): string {
  const { boot, savedViews } = useDesk();
  const place = usePlace();
  const { t } = useI18n();
  const saved = useTold(savedViews.onChange, () => savedViews.list);
  const { view } = place;
  if (place.area === "team") return t("view.team");
  if (place.area === "search") return t("nav.find");
  if (isBuiltIn(view)) return t(`view.${view}` as Key);
  const department = boot.departments?.results.find((each) => `d-${each.id}` === view);
  const own = saved.find((each) => `s-${each.id}` === view);
  return department?.name ?? own?.name ?? t("view.unknown");
}

function Order() {
  const page = usePage();
  const { t } = useI18n();
  const [, again] = useState(0);
  const { order } = page;
  const choose = (next: Ordering) => {
    page.setOrder(next);
    again((count) => count + 1);
  };
  return (
    <Menu
      trigger={
        <Button look="ghost" className="px-2 font-medium">
          {t(`order.${order}` as Key)}
          <Icon name="chevron-down" size={14} />
        </Button>
      }
    >
      <MenuTitle>{t("order.label")}</MenuTitle>
      {ORDERS.map((each) => (
        <MenuChoice key={each} isOn={each === order} onSelect={() => choose(each)}>
          {t(`order.${each}` as Key)}
        </MenuChoice>
      ))}
      <MenuLine />
      <MenuAction action="list.select_all" icon="square-check" />
      <MenuAction action="view.save" icon="list" />
    </Menu>
  );
}

function SearchField() {
  const page = usePage();
  const place = usePlace();
  const { t } = useI18n();
  const { clock } = useDesk().world;
  const asked = place.view.slice(2);
  const [text, setText] = useState(asked);
  const dir = useTextDir(text);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === asked || (wanted.length < 2 && wanted !== "")) return;
    const timer = clock.after(PAUSE_MS, () =>
      page.go({ area: "search", view: `q-${wanted}`, conv: null }, true),
    );
    return () => clock.cancel(timer);
  }, [text, asked, page, clock]);
  return (
    <header className="flex min-h-[56px] items-center gap-2 border-b border-line ps-4 pe-2 focus-within:border-focus">
      <h1 className="unseen">{t("nav.find")}</h1>
      <Icon name="search" className="text-ink-3" />
      <input
        ref={field}
        id="list-search"
        type="search"
        dir={dir}
        aria-label={t("nav.find")}
        placeholder={t("search.placeholder")}
        className="min-w-0 grow bg-transparent py-2 text-title outline-none"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") page.actions.run("list.next", page.context);
        }}
      />
      <IconButton
        label={t("action.close")}
        icon="x"
        onClick={() => page.go({ area: "view", view: "mine" })}
      />
    </header>
  );
}
