/** Who writes, and whether it is a reply or a note; above the place where one writes oneself. */

import type { Id } from "../../core/types";
import { useDesk, useI18n, useTick } from "../hooks";
import { Avatar } from "../ui/Avatar";

export function TypingLine({ conv }: { conv: Id }) {
  const { presence } = useDesk();
  const { t } = useI18n();
  useTick(presence.onChange, (each) => each === conv);
  const typing = presence.typing(conv);
  const [first] = typing;
  if (first === undefined) return null;
  const isStaff = first.member.role !== "user";
  const key =
    first.visibility === "note" ? "typing.note" : isStaff ? "typing.reply" : "presence.typing";
  return (
    <div role="status" className="flex items-center gap-2 px-5 pb-1 text-meta text-ink-2">
      <Avatar id={first.member.id} name={first.member.name} size={18} />
      {typing.length > 1
        ? t("presence.typing_many", { count: typing.length })
        : t(key, { name: first.member.name })}
      <span aria-hidden="true" className="dots">
        <i />
        <i />
        <i />
      </span>
    </div>
  );
}
