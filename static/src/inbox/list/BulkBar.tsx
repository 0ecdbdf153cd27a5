/** What can be done with all that is chosen in the list; how far it is, and the way back. */

import { useI18n, useList, usePage, useTold, useUi } from "../hooks";
import { openDialog, type Picking } from "../model/ui";
import { Button, IconButton } from "../ui/Button";
import type { IconName } from "../ui/icons";
import { Menu, MenuItem } from "../ui/Menu";
import type { Key } from "../words";

const PICKS: readonly [Picking, IconName, Key][] = [
  ["department", "building-2", "action.conversation.department"],
  ["priority", "flag", "action.conversation.priority"],
  ["labels", "tag", "action.conversation.labels"],
  ["snooze", "clock", "action.conversation.snooze"],
];

export function BulkBar() {
  const page = usePage();
  const { t } = useI18n();
  const selected = useUi((state) => state.selected);
  const wholeOf = useUi((state) => state.wholeOf);
  const { list } = useList();
  const job = useTold(page.bulk.onChange, () => page.bulk.job);

  if (job !== null) {
    const { done, total } = job;
    return (
      <div role="status" className="bulk-bar">
        <progress max={total} value={done} aria-label={t("bulk.running")} className="grow" />
        {t("bulk.progress", { done, total })}
      </div>
    );
  }
  if (selected.size === 0) return null;
  const ids = [...selected];
  const isWhole = wholeOf === selected;
  const hasOthers = list.hasMore && list.rows.every((row) => selected.has(row.id));
  const clear = () => page.ui.setState({ selected: new Set() });
  const pick = (what: Picking) => openDialog(page.ui, { kind: "pick", what, convs: ids });
  return (
    <div role="toolbar" aria-label={t("bulk.label")} className="bulk-bar">
      <span className={`flex min-w-0 grow items-center gap-2 ${hasOthers ? "basis-full" : ""}`}>
        <span className="min-w-0 grow truncate font-semibold">
          {isWhole ? t("bulk.whole") : t("bulk.chosen", { count: ids.length })}
        </span>
        {hasOthers && !isWhole && (
          <Button look="ghost" onClick={() => page.ui.setState({ wholeOf: selected })}>
            {t("bulk.all")}
          </Button>
        )}
      </span>
      <Button onClick={() => pick("assign")}>{t("bulk.assign")}</Button>
      <Button onClick={() => page.doToChosen({ action: "status", status: "resolved" })}>
        {t("bulk.resolve")}
      </Button>
      <Menu trigger={<IconButton label={t("bulk.more")} icon="ellipsis" />}>
        {PICKS.map(([what, icon, key]) => (
          <MenuItem key={what} icon={icon} onSelect={() => pick(what)}>
            {t(key)}
          </MenuItem>
        ))}
        <MenuItem icon="check-check" onSelect={() => page.doToChosen({ action: "read" })}>
          {t("bulk.read")}
        </MenuItem>
        <MenuItem icon="archive" onSelect={() => page.doToChosen({ action: "archive" })}>
          {t("bulk.archive")}
        </MenuItem>
      </Menu>
      <IconButton label={t("bulk.clear")} icon="x" onClick={clear} />
    </div>
  );
}
