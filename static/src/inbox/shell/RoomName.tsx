import { useEffect } from "react";
import { Listeners } from "../../core/listeners";
import type { Conversation, Id, Participant, Person } from "../../core/types";
import type { Desk } from "../desk";
import { useDesk, useI18n, useTick } from "../hooks";
import { roomName } from "../model/rooms";
import { PersonAvatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";

const others = new WeakMap<Desk, Map<Id, Person | null>>();
const onKnown = new Listeners<[Id]>();

/** A direct room has no name of its own: it is called by whoever is at its other end. */
export function useOther(row: Conversation): Person | null {
  const desk = useDesk();
  useTick(onKnown, (id) => id === row.id);
  const known = others.get(desk) ?? new Map<Id, Person | null>();
  others.set(desk, known);
  const isAsked = row.kind !== "direct" || known.has(row.id);
  useEffect(() => {
    if (isAsked) return;
    known.set(row.id, null);
    const take = ({ results }: { results: Participant[] }) => {
      known.set(row.id, results.find((each) => each.member.id !== desk.me)?.member ?? null);
      onKnown.tell(row.id);
    };
    desk.api.participants(row.id).then(take, () => known.delete(row.id));
  }, [desk, row.id, isAsked, known]);
  return known.get(row.id) ?? null;
}

export function useRoomName(row: Conversation): string {
  const { t } = useI18n();
  const other = useOther(row);
  const usual = { company: "room.company", department: "room.department", group: "room.group" };
  const key = usual[row.kind as keyof typeof usual] ?? "room.direct";
  return other?.name ?? (roomName(row) || t(key as never));
}

export function RoomMark({ row, size = 18 }: { row: Conversation; size?: 18 | 36 }) {
  const other = useOther(row);
  if (other !== null) return <PersonAvatar id={other.id} name={other.name} size={size} />;
  const icon = row.kind === "company" ? "globe" : row.kind === "group" ? "users" : "hash";
  if (size === 18) return <Icon name={icon} />;
  return (
    <span className="inline-flex size-9 shrink-0 items-center justify-center rounded-full bg-sunken text-ink-2">
      <Icon name={icon} />
    </span>
  );
}
