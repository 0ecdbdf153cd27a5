/** What can be done with one message: on hover, with the focus, and by Enter. */

import type { Id, Message } from "../../core/types";
import { copyLink, copyText } from "../actions/conversation";
import { useI18n, usePage, useTalk } from "../hooks";
import { edit, quote, setMode } from "../model/ui";
import { IconButton } from "../ui/Button";
import { Menu, MenuItem, MenuLine } from "../ui/Menu";

export function MessageMenu({ conv, message }: { conv: Id; message: Message }) {
  const page = usePage();
  const { t } = useI18n();
  const { row } = useTalk(conv);
  const { desk, ui, speaking, deeds } = page;
  const mayChange = speaking.mayChange(message);
  const answer = () => {
    if (message.visibility === "note") setMode(ui, conv, "note");
    quote(ui, conv, message);
    page.handles.composer?.focus();
  };
  const toNote = () => {
    const { body, attachments } = desk.drafts.state(conv, "note");
    const lines = message.body.split("\n").map((line) => `> ${line}`);
    const text = [body, ...lines, ""].filter((line, n) => n > 0 || line !== "").join("\n");
    desk.drafts.write(conv, "note", { body: text, attachments });
    setMode(ui, conv, "note");
    page.handles.composer?.focus();
  };
  return (
    <div className="absolute -end-2 -top-4 rounded-control border border-line bg-raised shadow-float">
      <Menu
        trigger={
          <IconButton
            data-menu
            label={t("message.menu")}
            icon="ellipsis"
            tabIndex={-1}
            className="h-7 min-h-7 w-7"
          />
        }
      >
        <MenuItem icon="reply" keys="q" onSelect={answer}>
          {t("message.quote")}
        </MenuItem>
        <MenuItem
          icon="copy"
          onSelect={() => void copyText(page, message.body, "toast.text_copied")}
        >
          {t("message.copy")}
        </MenuItem>
        <MenuItem icon="link" onSelect={() => void copyLink(page, conv, message.seq)}>
          {t("message.copy_link")}
        </MenuItem>
        {row?.kind === "customer" && (
          <MenuItem icon="lock" onSelect={toNote}>
            {t("message.to_note")}
          </MenuItem>
        )}
        <MenuItem icon="circle-dot" onSelect={() => void deeds.markUnread(conv, message.seq)}>
          {t("message.unread")}
        </MenuItem>
        {mayChange && (
          <>
            <MenuLine />
            <MenuItem icon="pencil" onSelect={() => edit(ui, conv, message)}>
              {t("message.edit")}
            </MenuItem>
            <MenuItem icon="trash-2" isBad onSelect={() => void speaking.remove(conv, message)}>
              {t("message.delete")}
            </MenuItem>
          </>
        )}
      </Menu>
    </div>
  );
}
