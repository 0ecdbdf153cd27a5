/** Nothing while all is well; what is wrong once it lasts, and that it is over. */

import { useEffect, useRef, useState } from "react";
import type { ConnectionState } from "../../core/socket";
import { useConnection, useDesk, useI18n } from "../hooks";
import { Icon } from "../ui/Icon";
import type { IconName } from "../ui/icons";
import type { Key } from "../words";

const QUIET_MS = 1500;
const BACK_MS = 2000;
type Shown = "reconnecting" | "offline" | "back" | "forbidden" | null;

const LOOKS: Record<Exclude<Shown, null>, [IconName, Key, string]> = {
  reconnecting: ["refresh-cw", "connection.reconnecting", "bg-warn-soft text-warn"],
  offline: ["wifi-off", "connection.offline", "bg-warn-soft text-warn"],
  back: ["circle-check", "connection.back", "bg-ok-soft text-ok"],
  forbidden: ["lock", "connection.forbidden", "bg-bad-soft text-bad"],
};

export function ConnectionPill() {
  const { t } = useI18n();
  const shown = useShown();
  const { newBundle } = useConnection();
  const look = shown === null ? null : LOOKS[shown];
  return (
    <div className="flex flex-col items-start gap-2 max-rail:items-center">
      <div role="status">
        {look && (
          <span
            className={`inline-flex items-center gap-2 rounded-full px-4 py-1.5 text-second font-semibold shadow-float ${look[2]}`}
          >
            <Icon name={look[0]} size={16} />
            {t(look[1])}
          </span>
        )}
      </div>
      {newBundle && (
        <button
          type="button"
          className="pointer-events-auto inline-flex items-center gap-2 rounded-full bg-accent px-4 py-1.5 text-second font-semibold text-on-accent shadow-float"
          onClick={() => location.reload()}
        >
          {t("connection.new_version")}
        </button>
      )}
    </div>
  );
}

function useShown(): Shown {
  const { clock } = useDesk().world;
  const { state, reason } = useConnection();
  const [shown, setShown] = useState<Shown>(null);
  const wasBad = useRef(false);
  useEffect(() => {
    const bad = badOf(state, reason);
    if (bad !== null) {
      const timer = clock.after(QUIET_MS, () => {
        wasBad.current = true;
        setShown(bad);
      });
      return () => clock.cancel(timer);
    }
    if (state !== "ready" || !wasBad.current) return;
    wasBad.current = false;
    setShown("back");
    const timer = clock.after(BACK_MS, () => setShown(null));
    return () => clock.cancel(timer);
  }, [state, reason, clock]);
  return shown;
}

function badOf(state: ConnectionState, reason: string): Exclude<Shown, null | "back"> | null {
  if (state === "reconnecting" || state === "offline") return state;
  return state === "ended" && reason === "forbidden" ? "forbidden" : null;
}
