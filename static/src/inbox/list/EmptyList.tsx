/** Why there is nothing, and where there is something. */

import { useCounts, useI18n, usePage } from "../hooks";
import { openDialog } from "../model/ui";
import { filtersOf } from "../model/views";
import { usePlace } from "../shell/place";
import { Button } from "../ui/Button";
import { Empty } from "../ui/States";

export function EmptyList() {
  const page = usePage();
  const place = usePlace();
  const counts = useCounts();
  const { t } = useI18n();
  const unassigned = counts?.unassigned ?? 0;
  if (place.area === "search") return <NothingFound />;
  if (place.area === "team") {
    return (
      <Empty icon="users" title={t("empty.team")} text={t("empty.team_text")}>
        <Button look="primary" icon="plus" onClick={() => openDialog(page.ui, { kind: "new" })}>
          {t("room.new")}
        </Button>
      </Empty>
    );
  }
  if (filtersOf(place.view, page.desk.savedViews.list) === null) {
    return (
      <Empty icon="list" title={t("empty.view_gone")}>
        <Button onClick={() => page.go({ view: "mine" })}>{t("view.mine")}</Button>
      </Empty>
    );
  }
  const isOther = unassigned > 0 && place.view !== "unassigned";
  return (
    <Empty icon="circle-check" title={t("empty.clear")} text={t("empty.clear_text")}>
      {isOther && (
        <Button onClick={() => page.go({ view: "unassigned", conv: null })}>
          {t("empty.to_unassigned", { count: unassigned })}
        </Button>
      )}
    </Empty>
  );
}

function NothingFound() {
  const place = usePlace();
  const { t } = useI18n();
  const asked = place.view.slice(2);
  if (asked === "") return <Empty icon="search" title={t("search.begin")} text={t("search.how")} />;
  return (
    <Empty icon="search" title={t("search.nothing", { text: asked })} text={t("search.how")} />
  );
}
