import { type IconName, SHAPES } from "./icons";

/** Those that point somewhere turn round where one reads from the right. */
const POINTING = new Set<IconName>([
  "arrow-left",
  "chevron-right",
  "corner-up-left",
  "forward",
  "list",
  "log-out",
  "panel-left",
  "panel-right",
  "quote",
  "reply",
  "send",
]);

export function Icon({
  name,
  size = 18,
  className = "",
}: {
  name: IconName;
  size?: number;
  className?: string;
}) {
  const turn = POINTING.has(name) ? "rtl:-scale-x-100" : "";
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${turn} ${className}`}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: our own shapes, made by scripts/icons.mjs
      dangerouslySetInnerHTML={{ __html: SHAPES[name] }}
    />
  );
}
