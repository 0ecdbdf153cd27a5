/** Tells the read marker which messages are before one's eyes. */

import { type RefObject, useEffect } from "react";
import type { Row } from "../../core/rows";
import type { Id } from "../../core/types";
import { useDesk } from "../hooks";

const HALF = 0.5;

export function useReading(
  box: RefObject<HTMLDivElement | null>,
  conv: Id,
  rows: readonly Row[],
): void {
  const { marker } = useDesk();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each conversation has its own messages
  useEffect(() => {
    const element = box.current;
    if (element === null || rows.length === 0 || typeof IntersectionObserver === "undefined")
      return;
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, intersectionRatio, intersectionRect } of entries) {
          const seq = Number((target as HTMLElement).dataset.seq);
          // One that is higher than the window can never be seen by half.
          const fills = intersectionRect.height >= element.clientHeight * HALF;
          if (intersectionRatio >= HALF || fills) marker.show(seq);
          else marker.hide(seq);
        }
      },
      { root: element, threshold: [0, 0.1, 0.25, HALF] },
    );
    for (const each of element.querySelectorAll("[data-seq]")) observer.observe(each);
    return () => observer.disconnect();
  }, [box, conv, rows, marker]);
}
