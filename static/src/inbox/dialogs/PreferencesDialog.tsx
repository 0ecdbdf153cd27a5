/** How the inbox looks and behaves for this person, on whatever device. */

import { type ReactNode, useState } from "react";
import { asApiError } from "../../core/errors";
import type { Locale } from "../../core/i18n";
import type { Preferences, Theme } from "../boot";
import { useDesk, useI18n, usePage, usePreferences } from "../hooks";
import { chime } from "../model/alerts";
import { saveLanguage } from "../model/language";
import { openDialog } from "../model/ui";
import { Button } from "../ui/Button";
import { Modal } from "../ui/Modal";
import type { Key } from "../words";

export function PreferencesDialog() {
  const page = usePage();
  const { t } = useI18n();
  const preferences = usePreferences();
  const { settings } = useDesk();
  const close = () => {
    openDialog(page.ui, null);
    if (page.place?.area === "preferences") page.go({ area: "view", view: "mine" });
  };
  const choice = <Name extends keyof Preferences>(
    name: Name,
    values: readonly (Preferences[Name] & (string | number))[],
  ) => (
    <Choices
      name={t(`preferences.${name}` as Key)}
      value={preferences[name] as Preferences[Name] & (string | number)}
      values={values.map((value) => [value, t(`preferences.${name}.${value}` as Key)] as const)}
      onChange={(value) => settings.change({ [name]: value })}
    />
  );
  const flag = (name: "single_key_shortcuts" | "reduced_motion" | "auto_advance") => (
    <Line name={t(`preferences.${name}`)}>
      <input
        type="checkbox"
        aria-label={t(`preferences.${name}`)}
        className="size-5 accent-accent"
        checked={preferences[name]}
        onChange={({ target }) => settings.change({ [name]: target.checked })}
      />
    </Line>
  );
  return (
    <Modal title={t("action.preferences.open")} onClose={close}>
      <div className="flex min-h-0 flex-col gap-1 overflow-y-auto px-5 py-3">
        <ThemeChoice />
        <LanguageChoice />
        {choice("density", ["comfortable", "compact"])}
        {choice("send_key", ["enter", "mod_enter"])}
        {choice("sounds", ["off", "mine", "all"])}
        <Line name={t("preferences.try_sound")}>
          <Button icon="volume-2" onClick={chime}>
            {t("preferences.play")}
          </Button>
        </Line>
        {choice("undo_seconds", [0, 5, 10, 20])}
        {flag("auto_advance")}
        {flag("single_key_shortcuts")}
        {flag("reduced_motion")}
      </div>
    </Modal>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-h-[44px] items-center justify-between gap-4 border-b border-line py-1 last:border-0">
      <span className="text-second">{name}</span>
      {children}
    </div>
  );
}

function Choices<T extends string | number>({
  name,
  value,
  values,
  onChange,
}: {
  name: string;
  value: T;
  values: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}) {
  return (
    <Line name={name}>
      <select
        aria-label={name}
        className="field w-auto max-w-[60%]"
        value={String(value)}
        onChange={({ target }) => {
          const chosen = values.find(([each]) => String(each) === target.value);
          if (chosen) onChange(chosen[0]);
        }}
      >
        {values.map(([each, text]) => (
          <option key={String(each)} value={String(each)}>
            {text}
          </option>
        ))}
      </select>
    </Line>
  );
}

function ThemeChoice() {
  const page = usePage();
  const { boot, api } = useDesk();
  const { t } = useI18n();
  const [theme, setTheme] = useState(boot.me.user.theme);
  const show = (next: Theme) => {
    setTheme(next);
    boot.me.user.theme = next;
    document.documentElement.dataset.theme = next;
  };
  const change = (next: Theme) => {
    show(next);
    api.changeMe({ theme: next }).catch((thrown: unknown) => {
      show(theme);
      page.deeds.failed(asApiError(thrown));
    });
  };
  const values = (["system", "light", "dark"] as const).map(
    (each) => [each, t(`preferences.theme.${each}`)] as const,
  );
  return <Choices name={t("preferences.theme")} value={theme} values={values} onChange={change} />;
}

/** Every page is in the other language then, so this one is loaded anew. */
function LanguageChoice() {
  const page = usePage();
  const { api, world } = useDesk();
  const { t, locale } = useI18n();
  const change = async (next: Locale) => {
    try {
      await saveLanguage(next, api, world);
      location.reload();
    } catch (thrown) {
      page.deeds.failed(asApiError(thrown));
    }
  };
  const values = [
    ["en", "English"],
    ["ar", "العربية"],
  ] as const;
  return (
    <Choices
      name={t("preferences.language")}
      value={locale}
      values={values}
      onChange={(next) => void change(next)}
    />
  );
}
