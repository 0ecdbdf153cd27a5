/** Labels: several at once, and new ones by their name. */

import { useState } from "react";
import type { Id } from "../../core/types";
import { useRead } from "../details/useRead";
import { useDesk, useI18n, usePage } from "../hooks";
import { openDialog } from "../model/ui";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { type Choice, Picker } from "../ui/Picker";
import { useOnly } from "./PickDialog";

const LONGEST = 40;

export function LabelPicker({ convs }: { convs: readonly Id[] }) {
  const page = usePage();
  const { api } = useDesk();
  const { t } = useI18n();
  const only = useOnly(convs);
  const { value } = useRead("tags", () => api.tags());
  const [chosen, setChosen] = useState<readonly string[]>(only?.tags ?? []);
  const [text, setText] = useState("");
  const known = [...new Set([...(value ?? []).map((each) => each.name), ...chosen])];
  const toggle = (name: string) =>
    setChosen(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  const save = () => {
    openDialog(page.ui, null);
    if (only !== null) void page.deeds.setTags(only.id, [...chosen]);
    else if (chosen.length > 0) page.doToChosen({ action: "tag", tags: [...chosen] });
  };
  const wanted = text.trim().slice(0, LONGEST);
  const isNew = wanted !== "" && !known.some((each) => each.toLowerCase() === wanted.toLowerCase());
  const fits = known.filter((each) => each.toLowerCase().includes(wanted.toLowerCase()));
  const choices: Choice[] = [
    ...fits.map((name) => ({
      id: name,
      text: name,
      lead: <Icon name="tag" className="text-ink-3" />,
      isOn: chosen.includes(name),
      run: () => toggle(name),
    })),
    ...(isNew
      ? [
          {
            id: "+",
            text: t("pick.new_label", { name: wanted }),
            lead: <Icon name="plus" />,
            run: () => toggle(wanted),
          },
        ]
      : []),
  ];
  return (
    <Picker
      label={t("pick.labels")}
      placeholder={t("pick.label")}
      choices={choices}
      empty={t("pick.no_labels")}
      isFiltered={false}
      onType={setText}
      footer={
        <div className="flex justify-end gap-2 border-t border-line px-4 py-3">
          <Button onClick={() => openDialog(page.ui, null)}>{t("action.cancel")}</Button>
          <Button look="primary" onClick={save}>
            {t("action.save")}
          </Button>
        </div>
      }
    />
  );
}
