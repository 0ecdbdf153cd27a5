/** One message at a time can be reached by Tab; keys move from there. */

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Id } from "../../core/types";
import { usePage } from "../hooks";
import { openMenu } from "../ui/openMenu";

export function useRoving(box: RefObject<HTMLDivElement | null>, conv: Id): void {
  const page = usePage();
  useKeptFocus(box);
  useEffect(() => {
    const messages = () => [
      ...(box.current?.querySelectorAll<HTMLElement>("[data-message]") ?? []),
    ];
    const at = () => {
      const all = messages();
      const focused = all.findIndex((each) => each.contains(document.activeElement));
      return focused >= 0 ? focused : all.length - 1;
    };
    const focus = (index: number) => {
      const all = messages();
      const element = all[Math.min(Math.max(index, 0), all.length - 1)];
      for (const each of all) each.tabIndex = each === element ? 0 : -1;
      element?.focus({ preventScroll: true });
      element?.scrollIntoView({ block: "nearest" });
    };
    const focused = () => messages().find((each) => each.contains(document.activeElement));
    page.handles.feed = {
      focus: () => focus(at()),
      move: (by) => focus(focused() ? at() + by : at()),
      toFirst: () => focus(0),
      toLast: () => {
        void page.desk.threads.toEnd(conv);
        focus(messages().length - 1);
      },
      current: () => Number(focused()?.dataset.seq) || null,
      openMenu: () => openMenu(focused()?.querySelector("[data-menu]")),
    };
    return () => {
      page.handles.feed = null;
    };
  }, [page, box, conv]);
}

/** What was sent is drawn anew when it is acknowledged; who stood on it stands there still. */
function useKeptFocus(box: RefObject<HTMLDivElement | null>): void {
  const stood = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const look = () => {
      stood.current = document.activeElement?.closest<HTMLElement>("#thread [data-key]") ?? null;
    };
    document.addEventListener("focusin", look);
    return () => document.removeEventListener("focusin", look);
  }, []);
  useLayoutEffect(() => {
    const { current: gone } = stood;
    if (gone === null || gone.isConnected || document.activeElement !== document.body) return;
    const all = [...(box.current?.querySelectorAll<HTMLElement>("[data-key]") ?? [])];
    all.find((each) => each.dataset.key === gone.dataset.key)?.focus({ preventScroll: true });
  });
}
