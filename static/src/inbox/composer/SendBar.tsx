/** What the button says is what happens: a reply is sent, a note is added, or it waits for the net. */

import type { Id, Visibility } from "../../core/types";
import { sendAndResolve } from "../actions/composer";
import {
  useConnection,
  useDraft,
  useI18n,
  usePage,
  useTalk,
  useThread,
  useUploads,
} from "../hooks";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Menu, MenuItem } from "../ui/Menu";

export function SendBar({ conv, mode }: { conv: Id; mode: Visibility }) {
  const page = usePage();
  const { t } = useI18n();
  const { state } = useConnection();
  const { follow } = useThread(conv);
  const { row } = useTalk(conv);
  useUploads(conv, mode);
  useDraft(conv, mode);
  const isNote = mode === "note";
  const obstacle = page.speaking.obstacle(conv, mode);
  const isLate = state === "ready" && follow === "catching_up";
  const text =
    state === "offline"
      ? t("composer.queue")
      : isNote
        ? t("composer.add_note")
        : isLate
          ? t("composer.catching_up")
          : t("composer.send");
  const isCustomers = row?.kind === "customer";
  return (
    <div className="flex items-center gap-2">
      <div className="flex">
        <Button
          look={isNote ? "note" : "primary"}
          className={isCustomers ? "rounded-e-none" : ""}
          aria-disabled={obstacle !== null}
          title={obstacle === null || obstacle === "empty" ? undefined : t(`composer.${obstacle}`)}
          onClick={() => {
            if (page.speaking.send(conv)) page.handles.composer?.focus();
          }}
        >
          {text}
          <Icon name={isNote ? "lock" : "send"} size={16} />
        </Button>
        {isCustomers && (
          <Menu
            trigger={
              <Button
                look={isNote ? "note" : "primary"}
                className="ms-px rounded-s-none px-1.5"
                aria-label={t("composer.more")}
                icon="chevron-down"
              />
            }
          >
            <MenuItem
              icon="check"
              keys="Mod+Shift+Enter"
              isDisabled={obstacle !== null}
              onSelect={() => sendAndResolve(page, conv)}
            >
              {t("action.composer.send_resolve")}
            </MenuItem>
            <MenuItem
              icon="clock"
              isDisabled={obstacle !== null}
              onSelect={() => page.speaking.send(conv, "snooze")}
            >
              {t("composer.send_snooze")}
            </MenuItem>
          </Menu>
        )}
      </div>
    </div>
  );
}
