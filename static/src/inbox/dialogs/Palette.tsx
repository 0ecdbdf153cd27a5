/** Everything that can be done or gone to, by a few letters. */

import { useEffect, useMemo, useState } from "react";
import type { Conversation } from "../../core/types";
import type { ActionId } from "../actions/all";
import { useDesk, useI18n, useMembers, usePage, useTold } from "../hooks";
import { openDialog } from "../model/ui";
import { Icon } from "../ui/Icon";
import { Modal } from "../ui/Modal";
import { type Choice, fitting, Picker } from "../ui/Picker";
import type { Key } from "../words";
import { startDirect } from "./direct";

/** What only makes sense where the keys are. */
const NOT_HERE = /^(palette|page|list|thread|message|composer|panes\.(next|previous))\b/;
/** Under what else some are looked for, as keys of the catalogue. */
const SYNONYMS: Partial<Record<ActionId, Key>> = {
  "conversation.resolve": "words.resolve",
  "conversation.claim": "words.claim",
  "conversation.snooze": "words.snooze",
  "conversation.labels": "words.labels",
};
const SHORTEST = 2;

export function Palette() {
  const page = usePage();
  const { t, locale } = useI18n();
  const [text, setText] = useState("");
  const commands = useCommands();
  const places = usePlaces();
  const people = usePeople();
  const found = useFound(text);
  const close = () => openDialog(page.ui, null);
  const choices = useMemo(() => {
    const sign = text[0];
    const rest = ">#@".includes(sign ?? " ") ? text.slice(1) : text;
    if (sign === ">") return fitting(commands, rest, locale);
    if (sign === "@") return fitting(people, rest, locale);
    if (sign === "#") return found;
    const all = text.trim() === "" ? [...commands, ...places] : [...commands, ...places, ...people];
    return [...fitting(all, rest, locale), ...found];
  }, [text, commands, places, people, found, locale]);
  const closing = choices.map((each) => ({
    ...each,
    run: () => {
      close();
      each.run();
    },
  }));
  return (
    <Modal title={t("action.palette.open")} isTitleHidden>
      <Picker
        label={t("action.palette.open")}
        placeholder={t("palette.placeholder")}
        choices={closing}
        empty={t("palette.nothing")}
        isFiltered={false}
        onType={setText}
        footer={
          <p className="border-t border-line px-5 py-2 text-meta text-ink-3">{t("palette.hint")}</p>
        }
      />
    </Modal>
  );
}

function useCommands(): Choice[] {
  const page = usePage();
  const { t } = useI18n();
  // What can be done is asked once, as it was when the palette was opened.
  const [context] = useState(() => page.context);
  return useMemo(
    () =>
      page.actions
        .choices(context)
        .filter(({ action }) => !NOT_HERE.test(action.id))
        .map(({ action, reason }) => {
          const synonyms = SYNONYMS[action.id as ActionId];
          return {
            id: action.id,
            text: t(action.title as Key),
            words: synonyms ? t(synonyms) : "",
            group: t(action.id.startsWith("go.") ? "palette.go" : groupOf(action.scope)),
            keys: page.keymap.keysOf(action)[0],
            reason: reason === null ? null : t(reason as Key),
            run: () => void page.actions.run(action.id, page.context),
          };
        })
        .sort((a, b) => rank(a.id) - rank(b.id)),
    [page, context, t],
  );
}

function groupOf(scope: string): Key {
  return scope === "conversation" ? "palette.conversation" : "palette.general";
}

function rank(id: string): number {
  if (id === "conversation.new") return 1;
  return id.startsWith("conversation.") ? 0 : id.startsWith("go.") ? 2 : 1;
}

function usePlaces(): Choice[] {
  const page = usePage();
  const { boot, savedViews } = useDesk();
  const { t } = useI18n();
  const saved = useTold(savedViews.onChange, () => savedViews.list);
  const departments = boot.departments?.results ?? [];
  return useMemo(() => {
    const go = (view: string) => () => page.go({ area: "view", view, conv: null });
    const group = t("palette.go");
    return [
      ...departments.map(({ id, name }) => ({ id, text: name, group, run: go(`d-${id}`) })),
      ...saved.map(({ id, name }) => ({ id, text: name, group, run: go(`s-${id}`) })),
    ];
  }, [page, departments, saved, t]);
}

function usePeople(): Choice[] {
  const page = usePage();
  const { me } = useDesk();
  const { t } = useI18n();
  const members = useMembers();
  return useMemo(
    () =>
      members
        .filter((each) => each.id !== me)
        .map((each) => ({
          id: each.id,
          text: each.name,
          group: t("palette.people"),
          hint: t("palette.write"),
          lead: <Icon name="user" size={16} />,
          run: () => void startDirect(page, each.id),
        })),
    [page, me, members, t],
  );
}

/** Conversations whose words or number fit; asked for when one stops typing. */
function useFound(text: string): Choice[] {
  const page = usePage();
  const { api, world } = useDesk();
  const { t } = useI18n();
  const [rows, setRows] = useState<readonly Conversation[]>([]);
  const asked = text.trim();
  useEffect(() => {
    setRows([]);
    if (asked.length < SHORTEST || /^[>@]/.test(asked)) return;
    const control = new AbortController();
    const timer = world.clock.after(150, () => {
      api.search(asked, control.signal).then(
        ({ results }) => setRows(results.slice(0, 8)),
        () => {},
      );
    });
    return () => {
      world.clock.cancel(timer);
      control.abort(new Error("another question"));
    };
  }, [asked, api, world]);
  return rows.map((row) => ({
    id: row.id,
    text: row.subject || row.preview,
    group: t("palette.found"),
    hint: row.number === null ? undefined : `#${row.number}`,
    lead: <Icon name="message-square" size={16} />,
    run: () => page.go(placeOfRow(row)),
  }));
}

export function placeOfRow(row: Conversation) {
  return row.kind === "customer"
    ? { conv: row.id, area: "view" as const, view: "all" }
    : { conv: row.id, area: "team" as const, view: "team" };
}
