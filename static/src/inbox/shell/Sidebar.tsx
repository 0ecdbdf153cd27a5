/** Where one can go: views, departments, saved views, rooms; below it, oneself. */

import { type ReactElement, type ReactNode, useState } from "react";
import type { Conversation } from "../../core/types";
import { useCounts, useDesk, useI18n, usePage, useTold } from "../hooks";
import { openDialog } from "../model/ui";
import { BUILT_IN, type SavedView } from "../model/views";
import { hueOf, initialsOf } from "../ui/Avatar";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import type { IconName } from "../ui/icons";
import { Kbd } from "../ui/Kbd";
import { Menu, MenuItem } from "../ui/Menu";
import type { Key } from "../words";
import { MeMenu } from "./MeMenu";
import { usePlace } from "./place";
import { RoomMark, useRoomName } from "./RoomName";

const ICONS: Record<(typeof BUILT_IN)[number], IconName> = {
  mine: "inbox",
  unassigned: "user",
  all: "message-square",
  pending: "hourglass",
  snoozed: "clock",
  resolved: "check",
};
const MOST_ROOMS = 12;

export function Sidebar() {
  const page = usePage();
  const { t } = useI18n();
  return (
    <nav
      data-pane
      tabIndex={-1}
      aria-label={t("nav.label")}
      className="flex h-full min-h-0 flex-col gap-1 overflow-y-auto px-3 py-3 outline-none"
    >
      <div className="flex items-center gap-2 px-2 pb-2 text-title font-bold rail:max-wide:justify-center rail:max-wide:px-0">
        <span
          aria-hidden="true"
          className="inline-flex size-6 items-center justify-center rounded-chip bg-accent text-body font-bold text-on-accent"
        >
          T
        </span>
        <span className="rail:max-wide:sr-only">TokDesk</span>
      </div>
      <button
        type="button"
        data-pane-focus
        className="mb-2 flex min-h-[36px] items-center gap-2 rounded-control border border-line bg-raised px-3 text-second text-ink-2 hover:border-line-strong rail:max-wide:justify-center rail:max-wide:px-0"
        onClick={() => openDialog(page.ui, { kind: "palette" })}
      >
        <Icon name="search" size={16} />
        <span className="grow truncate text-start rail:max-wide:sr-only">{t("nav.search")}</span>
        <span className="rail:max-wide:hidden">
          <Kbd keys="Mod+k" />
        </span>
      </button>
      <Views />
      <Departments />
      <Saved />
      <Team />
      <div className="grow" />
      <MeMenu />
    </nav>
  );
}

function Views() {
  const { t } = useI18n();
  const counts = useCounts();
  const numbers: Partial<Record<string, number | undefined>> = {
    mine: counts?.mine,
    unassigned: counts?.unassigned,
    all: counts?.open,
    snoozed: counts?.snoozed,
  };
  return BUILT_IN.map((id) => (
    <NavItem
      key={id}
      view={id}
      icon={ICONS[id]}
      name={t(`view.${id}` as Key)}
      count={numbers[id] ?? 0}
    />
  ));
}

function Departments() {
  const { boot } = useDesk();
  const { t } = useI18n();
  const counts = useCounts();
  const departments = boot.departments?.results ?? [];
  if (departments.length === 0) return null;
  return (
    <Section title={t("nav.departments")}>
      {departments.map(({ id, name }) => (
        <NavItem
          key={id}
          view={`d-${id}`}
          icon={<Tile id={id} name={name} />}
          name={name}
          count={counts?.departments?.[id] ?? 0}
        />
      ))}
    </Section>
  );
}

/** Departments are told apart by it where there is no room for their names. */
function Tile({ id, name }: { id: string; name: string }) {
  return (
    <span
      aria-hidden="true"
      className={`hue-${hueOf(id)} inline-flex size-[18px] shrink-0 items-center justify-center rounded-chip text-[10px] font-semibold`}
    >
      {initialsOf(name).slice(0, 1)}
    </span>
  );
}

function Saved() {
  const page = usePage();
  const { savedViews, me } = useDesk();
  const { t } = useI18n();
  const list = useTold(savedViews.onChange, () => savedViews.list);
  return (
    <Section
      title={t("nav.saved")}
      action={
        <IconButton
          label={t("view.new")}
          icon="plus"
          className="h-6 min-h-6 w-6"
          onClick={() => openDialog(page.ui, { kind: "view" })}
        />
      }
    >
      {list.map((view) => (
        <NavItem
          key={view.id}
          view={`s-${view.id}`}
          icon={view.shared ? "users" : "list"}
          name={view.name}
          count={0}
          menu={view.owner === me && <SavedMenu view={view} />}
        />
      ))}
    </Section>
  );
}

function SavedMenu({ view }: { view: SavedView }) {
  const page = usePage();
  const { savedViews } = useDesk();
  const { t } = useI18n();
  return (
    <Menu
      trigger={
        <IconButton
          label={t("view.menu", { name: view.name })}
          icon="ellipsis"
          className="h-6 min-h-6 w-6"
        />
      }
    >
      <MenuItem icon="pencil" onSelect={() => openDialog(page.ui, { kind: "view", id: view.id })}>
        {t("view.edit")}
      </MenuItem>
      <MenuItem icon="arrow-up" onSelect={() => void savedViews.move(view.id, -1)}>
        {t("view.up")}
      </MenuItem>
      <MenuItem icon="arrow-down" onSelect={() => void savedViews.move(view.id, 1)}>
        {t("view.down")}
      </MenuItem>
      <MenuItem icon="trash-2" isBad onSelect={() => void savedViews.remove(view.id)}>
        {t("view.delete")}
      </MenuItem>
    </Menu>
  );
}

function Team() {
  const page = usePage();
  const { rooms } = useDesk();
  const { t } = useI18n();
  const list = useTold(rooms.onChange, () => rooms.list);
  return (
    <Section
      title={t("nav.team")}
      action={
        <IconButton
          label={t("room.new")}
          icon="plus"
          className="h-6 min-h-6 w-6"
          onClick={() => openDialog(page.ui, { kind: "new" })}
        />
      }
    >
      <NavItem view="team" area="team" icon="users" name={t("view.team")} count={rooms.unread} />
      {list.slice(0, MOST_ROOMS).map((row) => (
        <RoomItem key={row.id} row={row} />
      ))}
    </Section>
  );
}

function RoomItem({ row }: { row: Conversation }) {
  const page = usePage();
  const place = usePlace();
  const i18n = useI18n();
  const name = useRoomName(row);
  const isHere = place.conv === row.id;
  return (
    <button
      type="button"
      aria-current={isHere ? "page" : undefined}
      className={`nav-item rail:max-wide:hidden ${isHere ? "nav-here" : ""}`}
      onClick={() => page.go({ area: "team", view: "team", conv: row.id })}
    >
      <RoomMark row={row} />
      <bdi className={`min-w-0 grow truncate ${row.unread > 0 ? "font-semibold text-ink" : ""}`}>
        {name}
      </bdi>
      {row.unread > 0 && <span className="count">{i18n.count(row.unread)}</span>}
    </button>
  );
}

export function NavItem({
  view,
  area = "view",
  icon,
  name,
  count,
  menu,
}: {
  view: string;
  area?: "view" | "team";
  icon: IconName | ReactElement;
  name: string;
  count: number;
  menu?: ReactNode;
}) {
  const page = usePage();
  const place = usePlace();
  const i18n = useI18n();
  // In a room it is the room that is marked.
  const isInRoom = area === "team" && place.conv !== null;
  const isHere = place.area === area && place.view === view && !isInRoom;
  return (
    <div className="group relative flex items-center">
      <button
        type="button"
        aria-current={isHere ? "page" : undefined}
        title={name}
        className={`nav-item grow ${isHere ? "nav-here" : ""}`}
        onClick={() => page.go({ area, view, conv: null })}
      >
        {typeof icon === "string" ? <Icon name={icon} /> : icon}
        <bdi className="min-w-0 grow truncate rail:max-wide:sr-only">{name}</bdi>
        {count > 0 && (
          <span className="text-meta text-ink-3 tabular-nums rail:max-wide:hidden">
            <span className="unseen">{i18n.t("nav.waiting", { count })}</span>
            <span aria-hidden="true">{i18n.count(count)}</span>
          </span>
        )}
      </button>
      {menu && (
        <span className="absolute end-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 rail:max-wide:hidden">
          {menu}
        </span>
      )}
    </div>
  );
}

function Section({
  title,
  action,
  children,
}: {
  title: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(true);
  return (
    <section aria-label={title} className="mt-3 flex flex-col gap-px">
      <div className="flex items-center justify-between px-2 pb-1 rail:max-wide:hidden">
        <button
          type="button"
          aria-expanded={isOpen}
          className="flex grow items-center gap-1 text-meta font-semibold text-ink-3 hover:text-ink"
          onClick={() => setOpen(!isOpen)}
        >
          {title}
          <Icon name={isOpen ? "chevron-down" : "chevron-right"} size={14} />
        </button>
        {action}
      </div>
      {isOpen && children}
    </section>
  );
}
