/** What a press of keys is called, on whatever layout. */

/** The part of KeyboardEvent that is used. */
export interface Press {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
  readonly repeat: boolean;
  readonly keyCode: number;
  getModifierState(name: string): boolean;
}

const ALONE = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Fn", "Dead"]);
const COMPOSING = 229;
/** What stands on these keys of a US keyboard, plain and with Shift. */
const SYMBOLS: Record<string, readonly [string, string]> = {
  Slash: ["/", "?"],
  Period: [".", ">"],
  Comma: [",", "<"],
};

/** Nothing that a shortcut could be: part of writing, or a modifier by itself. */
export function isNoShortcut(press: Press): boolean {
  const isWriting = press.isComposing || press.keyCode === COMPOSING;
  // AltGr writes; Windows tells of it as Ctrl with Alt. No shortcut of ours has Alt.
  return isWriting || press.altKey || press.getModifierState("AltGraph") || ALONE.has(press.key);
}

/**
 * The names of a press, best first: by what it writes, and where that is no Latin, by where the key
 * is. So `j` works on an Arabic keyboard, and on AZERTY it is where J is written.
 */
export function chordsOf(press: Press, isMac: boolean): string[] {
  const isMod = isMac ? press.metaKey : press.ctrlKey;
  if (isMac ? press.ctrlKey : press.metaKey) return [];
  const modifiers = isMod ? "Mod+" : "";
  const found = [byKey(press), isForeign(press, isMod) ? byPlace(press) : null];
  return found.filter((each) => each !== null).map((each) => modifiers + each);
}

/** One key that writes something: what a reader who speaks to the computer sets off by accident. */
export function isSingleKey(keys: string): boolean {
  return /^(Shift\+)?\S$/u.test(keys) || keys.includes(" ");
}

/** Also works while one writes: Mod, function keys and Escape write nothing. */
export function writesNothing(chord: string): boolean {
  return chord.startsWith("Mod+") || /(^|\+)(F\d{1,2}|Escape)$/.test(chord);
}

function byKey({ key, shiftKey }: Press): string | null {
  if (/^[a-z]$/i.test(key)) return shifted(key.toLowerCase(), shiftKey);
  // Shift is a part of how a symbol is written, on some layouts.
  if (/^[!-~]$/.test(key)) return key;
  return /^[A-Z][A-Za-z0-9]+$/.test(key) ? shifted(key, shiftKey) : null;
}

function byPlace({ code, shiftKey }: Press): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shifted(letter.toLowerCase(), shiftKey);
  return SYMBOLS[code]?.[shiftKey ? 1 : 0] ?? null;
}

function isForeign({ key, code }: Press, isMod: boolean): boolean {
  const isAscii = /^[ -~]+$/.test(key);
  // The Arabic L with Shift writes a slash.
  if (isAscii) return isMod && /^Key/.test(code) && /^[^a-z]$/i.test(key);
  return !/\p{Script=Latin}/u.test(key);
}

function shifted(name: string, isShift: boolean): string {
  return isShift ? `Shift+${name}` : name;
}
