/** Oneself: whether one is there, preferences, other companies, the way out. */

import type { Availability } from "../../core/types";
import { useDesk, useI18n, usePage, useTold } from "../hooks";

import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { Menu, MenuAction, MenuChoice, MenuItem, MenuLine, MenuTitle } from "../ui/Menu";
import type { Key } from "../words";

const STATES: readonly Availability[] = ["online", "away", "busy", "invisible"];

export function MeMenu() {
  const page = usePage();
  const { boot, standing } = useDesk();
  const { t } = useI18n();
  const { member, company } = boot.me;
  const state = useTold(standing.onChange, () => standing.state);

  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className="nav-item min-h-[44px] rail:max-wide:justify-center">
          <Avatar id={member.id} name={member.name} size={32} dot={state} />
          <span className="flex min-w-0 grow flex-col text-start rail:max-wide:sr-only">
            <bdi className="truncate font-semibold text-ink">{member.name}</bdi>
            <bdi className="truncate text-meta text-ink-3">{company.name}</bdi>
          </span>
          <Icon name="chevron-down" size={16} className="rail:max-wide:hidden" />
        </button>
      }
    >
      <MenuTitle>{t("me.availability")}</MenuTitle>
      {STATES.map((each) => (
        <MenuChoice key={each} isOn={each === state} onSelect={() => standing.choose(each)}>
          {t(`availability.${each}` as Key)}
        </MenuChoice>
      ))}
      <MenuLine />
      <MenuAction action="preferences.open" icon="settings" />
      <MenuAction action="help.open" icon="keyboard" />
      <MenuItem icon="building-2" onSelect={() => location.assign("/accounts/switch/")}>
        {t("me.companies")}
      </MenuItem>
      <MenuItem icon="log-out" onSelect={() => page.actions.run("session.sign_out", page.context)}>
        {t("action.session.sign_out")}
      </MenuItem>
    </Menu>
  );
}

/** The form that signs out, as every page has it; a link could be anybody's. */
export function SignOutForm() {
  return (
    <form id="sign-out" method="post" action="/accounts/sign-out/" hidden>
      <input type="hidden" name="csrfmiddlewaretoken" />
    </form>
  );
}
