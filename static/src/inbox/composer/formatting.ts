/** What marks and pickers do to a text: values in, values out. */

export type Mark = "bold" | "italic" | "code" | "link" | "quote" | "list";

/** Put `insert` in place of what stands from `from` to `to`, then select from `start` to `end`. */
export interface Change {
  from: number;
  to: number;
  insert: string;
  start: number;
  end: number;
}

const AROUND: Partial<Record<Mark, string>> = { bold: "**", italic: "_", code: "`" };
const BEFORE: Partial<Record<Mark, string>> = { quote: "> ", list: "- " };
const ADDRESS = "https://";

/** The mark around what is chosen, or taken away where it is there already. */
export function marked(text: string, start: number, end: number, mark: Mark): Change {
  const chosen = text.slice(start, end);
  const around = AROUND[mark];
  if (around !== undefined) return wrapped(text, start, end, around);
  const before = BEFORE[mark];
  if (before !== undefined) return prefixed(text, start, end, before);
  const insert = `[${chosen}](${ADDRESS})`;
  const at = start + chosen.length + 3;
  const [from, to] = chosen === "" ? [start + 1, start + 1] : [at, at + ADDRESS.length];
  return { from: start, to: end, insert, start: from, end: to };
}

function wrapped(text: string, start: number, end: number, around: string): Change {
  const size = around.length;
  const chosen = text.slice(start, end);
  const isMarked =
    text.slice(start - size, start) === around && text.slice(end, end + size) === around;
  if (isMarked) {
    return {
      from: start - size,
      to: end + size,
      insert: chosen,
      start: start - size,
      end: end - size,
    };
  }
  const insert = `${around}${chosen}${around}`;
  return { from: start, to: end, insert, start: start + size, end: end + size };
}

function prefixed(text: string, start: number, end: number, before: string): Change {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const lines = text.slice(from, end).split("\n");
  const isMarked = lines.every((line) => line.startsWith(before));
  const made = lines.map((line) => (isMarked ? line.slice(before.length) : before + line));
  const insert = made.join("\n");
  return { from, to: end, insert, start: from + insert.length, end: from + insert.length };
}

export interface Asked {
  kind: "person" | "emoji";
  words: string;
  from: number;
}

/** What a picker is asked for by what stands before the caret. */
export function askedAt(text: string, caret: number): Asked | null {
  const found = /(^|[\s(])([@:])([\p{L}\p{N}_.+-]{0,30})$/u.exec(text.slice(0, caret));
  const [, , sign, words = ""] = found ?? [];
  if (sign === undefined) return null;
  // A smile by itself is no question.
  if (sign === ":" && words.length < 2) return null;
  return {
    kind: sign === "@" ? "person" : "emoji",
    words: words.toLowerCase(),
    from: caret - words.length - 1,
  };
}
