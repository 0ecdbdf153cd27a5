/** The edge of the list, moved by pointer or by arrow keys. */

import { useState } from "react";
import { useDesk, useI18n } from "../hooks";
import { Remembered } from "../model/storage";

const NARROWEST = 280;
const WIDEST = 460;
const USUAL = 340;
const STEP = 20;

const isWidth = (value: unknown): value is number =>
  typeof value === "number" && value >= NARROWEST && value <= WIDEST;

export function useListWidth(): [number, (width: number) => void] {
  const { store } = useDesk();
  const [kept] = useState(() => new Remembered<number>(store, "list.width", USUAL, isWidth));
  const [width, setWidth] = useState(kept.value);
  const change = (wanted: number) => {
    const next = Math.round(Math.min(WIDEST, Math.max(NARROWEST, wanted)));
    kept.set(next);
    setWidth(next);
  };
  return [width, change];
}

export function Splitter({
  width,
  onChange,
}: {
  width: number;
  onChange: (width: number) => void;
}) {
  const { t, direction } = useI18n();
  const sign = direction === "rtl" ? -1 : 1;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line cannot be moved
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t("list.width")}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      aria-valuenow={width}
      className="absolute inset-y-0 end-0 w-px cursor-col-resize touch-none bg-line before:absolute before:-inset-x-1 before:inset-y-0 before:z-10 hover:bg-accent"
      onDoubleClick={() => onChange(USUAL)}
      onPointerDown={(event) => {
        const { clientX: from, pointerId } = event;
        const element = event.currentTarget;
        element.setPointerCapture(pointerId);
        element.onpointermove = ({ clientX }) => onChange(width + sign * (clientX - from));
        element.onpointerup = () => {
          element.onpointermove = element.onpointerup = null;
        };
      }}
      onKeyDown={(event) => {
        const steps: Record<string, number> = { ArrowLeft: -STEP, ArrowRight: STEP };
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        onChange(width + sign * step);
      }}
    />
  );
}
