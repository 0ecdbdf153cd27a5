/** A field and what it leaves of a list: for the palette, and for everything that is chosen. */

import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { useI18n, useTextDir } from "../hooks";
import { Icon } from "./Icon";
import { Kbd } from "./Kbd";

export interface Choice {
  readonly id: string;
  readonly text: string;
  /** Also found by these. */
  readonly words?: string;
  readonly group?: string | undefined;
  readonly lead?: ReactNode;
  readonly hint?: string | undefined;
  readonly keys?: string | undefined;
  readonly isOn?: boolean;
  /** Why it cannot be chosen now. */
  readonly reason?: string | null;
  readonly run: () => void;
}

interface Props {
  label: string;
  placeholder: string;
  choices: readonly Choice[];
  empty: string;
  /** Where choices come from elsewhere, what is typed is told, and all of them fit. */
  onType?: (text: string) => void;
  isFiltered?: boolean;
  footer?: ReactNode;
}

export function Picker({
  label,
  placeholder,
  choices,
  empty,
  onType,
  isFiltered = true,
  footer,
}: Props) {
  const { locale } = useI18n();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const dir = useTextDir(text);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(
    () => (isFiltered ? fitting(choices, text, locale) : choices),
    [choices, text, isFiltered, locale],
  );
  const current = Math.min(at, Math.max(0, shown.length - 1));

  useEffect(() => {
    list.current?.querySelector(`[data-at="${current}"]`)?.scrollIntoView({ block: "nearest" });
  }, [current]);

  const choose = (choice: Choice | undefined) => {
    if (choice && !choice.reason) choice.run();
  };
  const press = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) setAt(Math.min(Math.max(0, current + step), shown.length - 1));
    else if (event.key === "Enter") choose(shown[current]);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here
        autoFocus
        type="text"
        role="combobox"
        dir={dir}
        aria-label={label}
        aria-expanded="true"
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={shown.length > 0 ? `${id}-${current}` : undefined}
        autoComplete="off"
        className="w-full border-b border-line bg-transparent px-5 py-4 text-title outline-none"
        placeholder={placeholder}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
          onType?.(target.value);
        }}
        onKeyDown={press}
      />
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label={label}
        className="min-h-0 grow overflow-y-auto p-2"
      >
        {shown.map((choice, n) => (
          <Option
            key={choice.id}
            id={`${id}-${n}`}
            at={n}
            choice={choice}
            isCurrent={n === current}
            isFirstOfGroup={choice.group !== undefined && choice.group !== shown[n - 1]?.group}
            onPoint={() => setAt(n)}
            onChoose={() => choose(choice)}
          />
        ))}
        {shown.length === 0 && <p className="px-3 py-6 text-center text-ink-2">{empty}</p>}
      </div>
      {footer}
    </>
  );
}

function Option({
  id,
  at,
  choice,
  isCurrent,
  isFirstOfGroup,
  onPoint,
  onChoose,
}: {
  id: string;
  at: number;
  choice: Choice;
  isCurrent: boolean;
  isFirstOfGroup: boolean;
  onPoint: () => void;
  onChoose: () => void;
}) {
  return (
    <>
      {isFirstOfGroup && (
        <div role="presentation" className="px-3 pt-2 pb-1 text-meta text-ink-3">
          {choice.group}
        </div>
      )}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys */}
      <div
        id={id}
        data-at={at}
        role="option"
        aria-selected={isCurrent}
        aria-disabled={Boolean(choice.reason)}
        className="menu-item min-h-[38px] px-3"
        onPointerMove={onPoint}
        onClick={onChoose}
      >
        {choice.lead}
        <span className="min-w-0 grow truncate">
          <bdi>{choice.text}</bdi>
        </span>
        {choice.isOn && <Icon name="check" size={16} />}
        {(choice.reason ?? choice.hint) && (
          <small className="shrink-0 text-meta text-ink-3">{choice.reason ?? choice.hint}</small>
        )}
        {choice.keys && <Kbd keys={choice.keys} />}
      </div>
    </>
  );
}

/** All words, each at the beginning of a word or somewhere within; the former first. */
export function fitting(
  choices: readonly Choice[],
  text: string,
  locale: string,
): readonly Choice[] {
  const wanted = folded(text, locale).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return choices;
  const scored = choices.map((choice) => {
    const told = folded(`${choice.text} ${choice.words ?? ""}`, locale);
    const scores = wanted.map((word) => scoreOf(told, word));
    return { choice, score: scores.includes(0) ? 0 : scores.reduce((a, b) => a + b, 0) };
  });
  const found = scored.filter(({ score }) => score > 0);
  found.sort((a, b) => b.score - a.score);
  // What fits best stands first, from whatever group.
  return found.map(({ choice }) => ({ ...choice, group: undefined }));
}

function scoreOf(told: string, word: string): number {
  if (told.startsWith(word)) return 3;
  if (told.includes(` ${word}`)) return 2;
  return told.includes(word) ? 1 : 0;
}

function folded(text: string, locale: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase(locale);
}
