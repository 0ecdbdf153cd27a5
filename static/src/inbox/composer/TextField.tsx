/** The text itself: every keystroke is kept, and what is asked for with @ and : is offered. */

import { useEffect, useId, useLayoutEffect, useState } from "react";
import { loadMarkdown } from "../../core/markdown";
import type { Id, Visibility } from "../../core/types";
import {
  useDesk,
  useDraft,
  useI18n,
  useMembers,
  usePage,
  usePreferences,
  useTalk,
  useTextDir,
} from "../hooks";
import { LONGEST } from "../model/speaking";
import { type Asked, askedAt, marked } from "./formatting";
import { type Suggestion, Suggestions, suggestionsFor } from "./Suggestions";
import { applyChange, type Field } from "./useTextarea";

/** From here on one is told how much room is left. */
const NEAR_LIMIT = 9_000;

export function TextField({ field, conv, mode }: { field: Field; conv: Id; mode: Visibility }) {
  const page = usePage();
  const { uploads } = useDesk();
  const i18n = useI18n();
  const { row } = useTalk(conv);
  const { body } = useDraft(conv, mode);
  const picking = usePicking(field, body);
  const preferences = usePreferences();
  const dir = useTextDir(body);
  const id = useId();

  useEffect(() => {
    page.handles.composer = {
      focus: () => field.current?.focus(),
      wrap: (mark) => {
        const { selectionStart: start, selectionEnd: end, value } = field.current ?? NONE;
        applyChange(field.current, marked(value, start, end, mark));
      },
    };
    return () => {
      page.handles.composer = null;
    };
  }, [page, field]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what it holds decides how high it is
  useLayoutEffect(() => grow(field.current), [body, field]);

  const write = (text: string) => page.speaking.write(conv, mode, readable(text));
  const placeholder =
    row !== null && row.kind !== "customer"
      ? "composer.placeholder_room"
      : mode === "note"
        ? "composer.placeholder_note"
        : "composer.placeholder_reply";
  return (
    <div className="relative">
      <Suggestions id={id} list={picking.list} at={picking.at} onChoose={picking.choose} />
      <textarea
        ref={field}
        id="composer-text"
        data-pane-focus
        dir={dir}
        rows={2}
        aria-label={i18n.t(mode === "note" ? "composer.note" : "composer.reply")}
        aria-autocomplete="list"
        aria-controls={picking.list.length > 0 ? id : undefined}
        aria-activedescendant={picking.list.length > 0 ? `${id}-${picking.at}` : undefined}
        className="grow-with-text block max-h-[40vh] min-h-[56px] w-full resize-none overflow-y-auto bg-transparent px-4 py-3 outline-none"
        placeholder={i18n.t(placeholder)}
        value={body}
        onChange={({ target }) => write(target.value)}
        // What others wrote comes rendered; one's own is drawn here until it is said.
        onFocus={() => void loadMarkdown().catch(() => {})}
        onSelect={picking.look}
        onBlur={picking.close}
        onPaste={(event) => {
          const { clipboardData: pasted } = event;
          const files = [...pasted.files];
          // Offices put a picture of the text beside the text.
          if (files.length === 0 || pasted.getData("text/plain") !== "") return;
          event.preventDefault();
          uploads.add(conv, mode, files);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (picking.press(event.key)) {
            event.preventDefault();
            return;
          }
          const isMod = event.ctrlKey || event.metaKey;
          if (event.key === "Enter" && isMod && !event.shiftKey) {
            event.preventDefault();
            page.speaking.send(conv);
          }
          if (event.key === "Enter" && !isMod && preferences.send_key === "mod_enter") {
            event.stopPropagation();
          }
        }}
      />
      {body.length > NEAR_LIMIT && (
        <span role="status" className="absolute end-3 bottom-1 text-meta text-warn tabular-nums">
          {i18n.number(LONGEST - [...body].length)}
        </span>
      )}
    </div>
  );
}

/** Marks of direction and of pages come along with what is pasted, and no message may hold them. */
function readable(text: string): string {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "").replace(/[\u2028\u2029\v\f]/g, "\n");
}

const NONE = { selectionStart: 0, selectionEnd: 0, value: "" };

/** For browsers that do not let a field grow with its text. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null || globalThis.CSS?.supports?.("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}

function usePicking(field: Field, body: string) {
  const members = useMembers();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [at, setAt] = useState(0);
  const list = suggestionsFor(asked, members);

  const look = () => {
    const { selectionStart: start, selectionEnd: end, value } = field.current ?? NONE;
    const next = start === end ? askedAt(value, start) : null;
    if (next?.words !== asked?.words || next?.from !== asked?.from) {
      setAsked(next);
      setAt(0);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: with every change of the text
  useEffect(look, [body]);
  const choose = ({ insert }: Suggestion) => {
    if (asked === null) return;
    const to = field.current?.selectionStart ?? asked.from;
    const end = asked.from + insert.length;
    applyChange(field.current, { from: asked.from, to, insert, start: end, end });
    setAsked(null);
  };
  const press = (key: string): boolean => {
    const chosen = list[at];
    if (chosen === undefined) return false;
    if (key === "ArrowDown") setAt((at + 1) % list.length);
    else if (key === "ArrowUp") setAt((at + list.length - 1) % list.length);
    else if (key === "Enter" || key === "Tab") choose(chosen);
    else if (key === "Escape") setAsked(null);
    else return false;
    return true;
  };
  return { list, at, look, choose, press, close: () => setAsked(null) };
}
