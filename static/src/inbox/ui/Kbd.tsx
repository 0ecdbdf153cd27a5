const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  PageUp: "PgUp",
  PageDown: "PgDn",
  Mod: isMac ? "⌘" : "Ctrl",
};

/** As keys are written on keyboards. */
export function keysText(keys: string): string {
  return keys.split(" ").map(chordText).join(" ");
}

function chordText(chord: string): string {
  return chord
    .split("+")
    .map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key))
    .join("+");
}

export function Kbd({ keys }: { keys: string }) {
  return (
    <kbd dir="ltr" className="kbd">
      {keysText(keys)}
    </kbd>
  );
}
