/** People and pictures to choose from, while one writes on. */

import type { Member } from "../api";
import { useI18n } from "../hooks";
import { PersonAvatar } from "../ui/Avatar";
import { EMOJI } from "./emoji";
import type { Asked } from "./formatting";

export interface Suggestion {
  key: string;
  text: string;
  insert: string;
  member?: Member;
}

const MOST = 6;

export function suggestionsFor(
  asked: Asked | null,
  members: readonly Member[],
): readonly Suggestion[] {
  if (asked === null) return [];
  const { words } = asked;
  if (asked.kind === "emoji") {
    const found = EMOJI.filter(([, names]) =>
      names.split(" ").some((each) => each.startsWith(words)),
    );
    return found.slice(0, MOST).map(([sign, names]) => ({
      key: sign,
      text: `${sign} ${names.split(" ")[0]}`,
      insert: `${sign} `,
    }));
  }
  const found = members.filter(({ name }) =>
    name
      .toLowerCase()
      .split(/\s+/)
      .some((each) => each.startsWith(words)),
  );
  return found.slice(0, MOST).map((member) => ({
    key: member.id,
    text: member.name,
    insert: `@${member.name} `,
    member,
  }));
}

export function Suggestions({
  id,
  list,
  at,
  onChoose,
}: {
  id: string;
  list: readonly Suggestion[];
  at: number;
  onChoose: (suggestion: Suggestion) => void;
}) {
  const { t } = useI18n();
  if (list.length === 0) return null;
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t("composer.suggestions")}
      className="menu absolute start-3 bottom-full mb-1"
    >
      {list.map((each, n) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the text keeps the focus
        // biome-ignore lint/a11y/useKeyWithClickEvents: the text takes the keys
        <div
          key={each.key}
          id={`${id}-${n}`}
          role="option"
          aria-selected={n === at}
          className="menu-item"
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(each)}
        >
          {each.member && <PersonAvatar id={each.member.id} name={each.member.name} size={24} />}
          <bdi>{each.text}</bdi>
        </div>
      ))}
    </div>
  );
}
