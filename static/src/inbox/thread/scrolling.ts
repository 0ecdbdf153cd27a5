/** Where the window stands: at its target when it opens, then wherever what is read stays put. */

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Row } from "../../core/rows";
import type { Id } from "../../core/types";
import { useDesk } from "../hooks";
import type { OpenThread, Target } from "../model/threads";

/** So far from the end one still is at the end. */
const NEAR_END = 80;
/** So early more is read. */
const NEAR_EDGE = 600;

interface Anchor {
  key: string;
  top: number;
}

export function useScrolling(
  box: RefObject<HTMLDivElement | null>,
  conv: Id,
  open: OpenThread,
  rows: readonly Row[],
): void {
  const { threads } = useDesk();
  const anchor = useRef<Anchor | null>(null);
  const reached = useRef<Target | null>(null);
  const { target, isLoaded, thread } = open;

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever other rows are drawn
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || !isLoaded) return;
    if (target !== reached.current) {
      reached.current = target;
      goTo(element, target);
    } else if (thread.isPinned) {
      element.scrollTop = element.scrollHeight;
    } else {
      keep(element, anchor.current);
    }
    anchor.current = anchorOf(element);
  }, [rows, target, isLoaded]);

  useEffect(() => {
    const element = box.current;
    if (element === null || !isLoaded) return;
    const look = () => {
      const below = element.scrollHeight - element.scrollTop - element.clientHeight;
      anchor.current = anchorOf(element);
      threads.pin(conv, below <= NEAR_END);
      if (element.scrollTop < NEAR_EDGE) void threads.loadOlder(conv);
      if (below < NEAR_EDGE) void threads.loadNewer(conv);
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    return () => element.removeEventListener("scroll", look);
  }, [box, conv, threads, isLoaded]);

  // What changes its height at the end (a picture, the composer) must not hide it.
  useEffect(() => {
    const element = box.current;
    if (element === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (threads.get(conv).thread.isPinned) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, conv, threads]);
}

function goTo(element: HTMLElement, target: Target | null): void {
  if (target === null || target.seq === "end") {
    element.scrollTop = element.scrollHeight;
    return;
  }
  const wanted = target.seq === "new" ? "[data-new]" : `[data-seq="${target.seq}"]`;
  const found = element.querySelector<HTMLElement>(wanted);
  if (found === null) {
    element.scrollTop = element.scrollHeight;
    return;
  }
  const room = target.seq === "new" ? 48 : element.clientHeight / 3;
  element.scrollTop = found.offsetTop - element.offsetTop - room;
  if (target.seq !== "new") found.focus({ preventScroll: true });
}

/** The first message that is to be seen, and where; days stick to the top wherever one is. */
function anchorOf(element: HTMLElement): Anchor | null {
  const top = element.getBoundingClientRect().top;
  for (const child of element.querySelectorAll<HTMLElement>("[data-message]")) {
    const place = child.getBoundingClientRect();
    if (place.bottom > top) return { key: child.dataset.key ?? "", top: place.top - top };
  }
  return null;
}

function keep(element: HTMLElement, anchor: Anchor | null): void {
  if (anchor === null) return;
  const found = element.querySelector<HTMLElement>(`[data-key="${CSS.escape(anchor.key)}"]`);
  if (found === null) return;
  const now = found.getBoundingClientRect().top - element.getBoundingClientRect().top;
  element.scrollTop += now - anchor.top;
}
