/** What a press can do for the text: files, marks, people, pictures. */

import { Popover } from "radix-ui";
import { useRef, useState } from "react";
import type { Id, Visibility } from "../../core/types";
import type { ActionId } from "../actions/all";
import { useDesk, useI18n, usePage } from "../hooks";
import { IconButton } from "../ui/Button";
import type { IconName } from "../ui/icons";
import type { Key } from "../words";
import { EMOJI } from "./emoji";
import type { Mark } from "./formatting";
import { applyChange, type Field } from "./useTextarea";

const MARKS: readonly [Mark, IconName, Key, ActionId?][] = [
  ["bold", "bold", "action.composer.bold", "composer.bold"],
  ["italic", "italic", "action.composer.italic", "composer.italic"],
  ["code", "code", "composer.code"],
  ["list", "list", "composer.list"],
  ["quote", "quote", "composer.quote"],
  ["link", "link", "action.composer.link", "composer.link"],
];

export function Toolbar({ conv, mode, field }: { conv: Id; mode: Visibility; field: Field }) {
  const page = usePage();
  const { uploads } = useDesk();
  const { t } = useI18n();
  const picker = useRef<HTMLInputElement>(null);
  const insert = (text: string) => {
    const start = field.current?.selectionStart ?? 0;
    const to = field.current?.selectionEnd ?? start;
    const end = start + text.length;
    applyChange(field.current, { from: start, to, insert: text, start: end, end });
  };
  return (
    <div role="toolbar" aria-label={t("composer.tools")} className="flex flex-wrap items-center">
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={t("composer.attach")}
        onChange={({ target }) => {
          uploads.add(conv, mode, [...(target.files ?? [])]);
          target.value = "";
        }}
      />
      <IconButton
        label={t("composer.attach")}
        icon="paperclip"
        onClick={() => picker.current?.click()}
      />
      <IconButton label={t("composer.mention")} icon="at-sign" onClick={() => insert("@")} />
      <EmojiButton onChoose={insert} />
      <span aria-hidden="true" className="mx-1 h-5 w-px bg-line max-rail:hidden" />
      <span className="contents max-wide:hidden">
        {MARKS.map(([mark, icon, key, action]) => (
          <IconButton
            key={mark}
            label={t(key)}
            icon={icon}
            {...(action && { action })}
            onClick={() => page.handles.composer?.wrap(mark)}
          />
        ))}
      </span>
    </div>
  );
}

function EmojiButton({ onChoose }: { onChoose: (sign: string) => void }) {
  const { t, direction } = useI18n();
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <IconButton label={t("composer.emoji")} icon="smile" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          dir={direction}
          side="top"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={t("composer.emoji")}
          className="menu grid grid-cols-10 gap-0.5"
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          {EMOJI.map(([sign, names]) => (
            <button
              key={sign}
              type="button"
              title={names}
              aria-label={names}
              className="size-8 rounded-control text-title hover:bg-accent-soft"
              onClick={() => {
                setOpen(false);
                onChoose(sign);
              }}
            >
              {sign}
            </button>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
