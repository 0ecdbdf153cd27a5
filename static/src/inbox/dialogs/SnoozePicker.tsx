/** Until when it is put aside; a reply of the customer always ends it. */

import { useState } from "react";
import type { Id } from "../../core/types";
import { momentOf, wallOf } from "../../core/zones";
import { useDesk, useI18n, usePage } from "../hooks";
import { snoozeTimes, timeIn } from "../model/snooze";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { type Choice, Picker } from "../ui/Picker";
import type { Key } from "../words";
import { useDeed } from "./PickDialog";

export function SnoozePicker({ convs }: { convs: readonly Id[] }) {
  const page = usePage();
  const desk = useDesk();
  const i18n = useI18n();
  const { t } = i18n;
  const [text, setText] = useState("");
  const [at, setAt] = useState("");
  const run = useDeed(convs);
  // As people see times everywhere else on the page, whatever zone the browser is in.
  const now = wallOf(new Date(desk.now()), i18n.timeZone);
  const chosen = new Date(`${at}Z`);
  const until = (wall: Date) => {
    const moment = momentOf(wall, i18n.timeZone).toISOString();
    run({ action: "snooze", until: moment }, (conv) => page.deeds.snooze(conv, moment));
  };
  const typed = timeIn(text, now);
  const usual = snoozeTimes(now).map(({ id, at }) => ({
    id,
    text: t(`snooze.${id}` as Key),
    hint: i18n.moment(momentOf(at, i18n.timeZone).getTime()),
    lead: <Icon name="clock" className="text-ink-3" />,
    run: () => until(at),
  }));
  const reply: Choice = {
    id: "reply",
    text: t("snooze.reply"),
    lead: <Icon name="reply" className="text-ink-3" />,
    run: () =>
      run({ action: "snooze", until: null }, (conv) => page.deeds.snooze(conv, null, true)),
  };
  const all = convs.length === 1 ? [...usual, reply] : usual;
  const fits = all.filter((each) => each.text.toLowerCase().includes(text.trim().toLowerCase()));
  const own: Choice[] =
    typed === null
      ? []
      : [
          {
            id: "typed",
            text: i18n.full(momentOf(typed, i18n.timeZone).getTime()),
            lead: <Icon name="clock" />,
            run: () => until(typed),
          },
        ];
  return (
    <Picker
      label={t("pick.snooze")}
      placeholder={t("snooze.placeholder")}
      choices={[...own, ...fits]}
      empty={t("snooze.unknown")}
      isFiltered={false}
      onType={setText}
      footer={
        <form
          className="flex items-center gap-2 border-t border-line px-5 py-3 text-second text-ink-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (chosen.getTime() > now.getTime()) until(chosen);
          }}
        >
          <label className="flex grow items-center gap-2">
            {t("snooze.at")}
            <input
              type="datetime-local"
              className="field w-auto"
              value={at}
              onChange={({ target }) => setAt(target.value)}
            />
          </label>
          <Button type="submit" disabled={!(chosen.getTime() > now.getTime())}>
            {t("pick.snooze")}
          </Button>
        </form>
      }
    />
  );
}
