import type { Availability } from "../../core/types";
import { useDesk, useI18n, useTick, useTold } from "../hooks";
import type { Key } from "../words";

const HUES = 8;
const SIZES = {
  18: "size-[18px] text-[9px]",
  24: "size-6 text-[10px]",
  32: "size-8 text-[12px]",
  36: "size-9 text-[12px]",
  44: "size-11 text-[14px]",
};
const COLOURS: Partial<Record<Availability, string>> = {
  online: "bg-ok",
  busy: "bg-bad",
  away: "bg-warn",
};

export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const [first = "", last = ""] = [words[0], words.length > 1 ? words.at(-1) : ""];
  return ([...first].slice(0, last ? 1 : 2).join("") + ([...last][0] ?? "")).toUpperCase();
}

/** The same person has the same colour everywhere. */
export function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}

export function Avatar({
  id,
  name,
  size = 32,
  dot,
  className = "",
}: {
  id: string;
  name: string;
  size?: keyof typeof SIZES;
  dot?: Availability | undefined;
  className?: string;
}) {
  const colour = dot && COLOURS[dot];
  const look = `hue-${hueOf(id)} ${SIZES[size]} inline-flex shrink-0 items-center justify-center rounded-full leading-none font-semibold select-none`;
  return (
    <span aria-hidden="true" className={`relative ${look} ${className}`}>
      {initialsOf(name) || "?"}
      {colour && (
        <span
          className={`${colour} absolute -end-px -bottom-px size-[10px] rounded-full border-2 border-surface`}
        />
      )}
    </span>
  );
}

/** With whether the person is there. */
export function PersonAvatar(props: { id: string; name: string; size?: keyof typeof SIZES }) {
  return <Avatar {...props} dot={useAvailability(props.id)} />;
}

export function AvailabilityText({ id }: { id: string }) {
  const { t } = useI18n();
  return <>{t(`availability.${useAvailability(id)}` as Key)}</>;
}

/** Of oneself it is what one has chosen. */
function useAvailability(id: string): Availability {
  const { presence, me, standing } = useDesk();
  useTick(presence.onChange, (conv) => conv === null);
  const own = useTold(standing.onChange, () => standing.state);
  return id === me ? own : presence.availability(id);
}
