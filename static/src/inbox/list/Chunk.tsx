/** Some rows of a long list; where nobody looks they are a space of the same height. */

import { type ReactNode, useEffect, useRef, useState } from "react";

export function Chunk({
  isNeeded,
  size,
  children,
}: {
  /** Also where nobody looks: the keys act on a row in it. */
  isNeeded: boolean;
  size: number;
  children: () => ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState<number | null>(null);

  useEffect(() => {
    const element = box.current;
    if (element === null || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(
      ([entry]) => setHeight(entry?.isIntersecting ? null : element.offsetHeight),
      { root: element.closest("[data-scroll]"), rootMargin: "600px 0px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const isShown = isNeeded || height === null;
  return (
    <div ref={box} role="presentation" style={isShown ? {} : { blockSize: height ?? size * 80 }}>
      {isShown && children()}
    </div>
  );
}
