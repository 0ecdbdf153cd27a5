/** How far one's own words have come: told at the last that was sent, and the last that was seen. */

import { useMemo } from "react";
import type { Id, Message } from "../../core/types";
import { useDesk, useTold } from "../hooks";

export interface Reached {
  sent: number | null;
  seen: number | null;
  /** Of all messages. */
  end: number | null;
}

export function useReached(conv: Id, messages: readonly Message[]): Reached {
  const { me, readers } = useDesk();
  const seenTo = useTold(readers.onChange, () => readers.customerSeq(conv));
  return useMemo(() => reachedOf(messages, me, seenTo), [messages, me, seenTo]);
}

export function reachedOf(messages: readonly Message[], me: Id, seenTo: number): Reached {
  const own = messages.filter(
    ({ author, visibility, deleted }) => author?.id === me && visibility === "public" && !deleted,
  );
  const seen = own.findLast(({ seq, delivery }) => seq <= seenTo || delivery === "read");
  return {
    sent: own.at(-1)?.seq ?? null,
    seen: seen?.seq ?? null,
    end: messages.at(-1)?.seq ?? null,
  };
}
