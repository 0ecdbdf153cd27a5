/** Of narrow screens: where one goes most, under the thumb. */

import { useCounts, useDesk, useI18n, usePage, useTold } from "../hooks";
import { openDialog } from "../model/ui";
import { Icon } from "../ui/Icon";
import type { IconName } from "../ui/icons";
import { usePlace } from "./place";

export function BottomBar() {
  const page = usePage();
  const { rooms } = useDesk();
  const { t } = useI18n();
  const place = usePlace();
  const counts = useCounts();
  const unread = useTold(rooms.onChange, () => rooms.unread);
  return (
    <nav
      aria-label={t("nav.main")}
      className="flex border-t border-line bg-raised pb-[env(safe-area-inset-bottom)]"
    >
      <Tab
        icon="inbox"
        name={t("nav.inbox")}
        count={counts?.mine ?? 0}
        isHere={place.area === "view"}
        onPress={() => page.go({ area: "view", view: "mine", conv: null })}
      />
      <Tab
        icon="users"
        name={t("view.team")}
        count={unread}
        isHere={place.area === "team"}
        onPress={() => page.go({ area: "team", view: "team", conv: null })}
      />
      <Tab
        icon="search"
        name={t("nav.find")}
        isHere={place.area === "search"}
        onPress={() => page.go({ area: "search", view: "q-", conv: null })}
      />
      <Tab
        icon="settings"
        name={t("nav.me")}
        isHere={false}
        onPress={() => openDialog(page.ui, { kind: "preferences" })}
      />
    </nav>
  );
}

function Tab({
  icon,
  name,
  count = 0,
  isHere,
  onPress,
}: {
  icon: IconName;
  name: string;
  count?: number;
  isHere: boolean;
  onPress: () => void;
}) {
  const i18n = useI18n();
  return (
    <button
      type="button"
      aria-current={isHere ? "page" : undefined}
      className={`relative flex min-h-[56px] flex-1 flex-col items-center justify-center gap-0.5 text-meta ${
        isHere ? "font-semibold text-accent-ink" : "text-ink-2"
      }`}
      onClick={onPress}
    >
      <Icon name={icon} size={22} />
      {name}
      {count > 0 && (
        <span className="count absolute start-1/2 top-1 ms-1">
          <span aria-hidden="true">{i18n.count(count)}</span>
          <span className="unseen">{i18n.t("nav.waiting", { count })}</span>
        </span>
      )}
    </button>
  );
}
