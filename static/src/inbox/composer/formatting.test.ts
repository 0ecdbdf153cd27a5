import { expect, test } from "vitest";
import { askedAt, type Change, type Mark, marked } from "./formatting";

/** `[` and `]` are where the choice begins and ends; without them there is a caret at `|`. */
function read(text: string) {
  const plain = text.replace(/[[\]|]/g, "");
  const caret = text.indexOf("|");
  if (caret >= 0) return { plain, start: caret, end: caret };
  return { plain, start: text.indexOf("["), end: text.indexOf("]") - 1 };
}

function shown(plain: string, { from, to, insert, start, end }: Change): string {
  const text = plain.slice(0, from) + insert + plain.slice(to);
  if (start === end) return `${text.slice(0, start)}|${text.slice(start)}`;
  return `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
}

test.each<[Mark, string, string]>([
  ["bold", "a [word] here", "a **[word]** here"],
  ["bold", "a **[word]** here", "a [word] here"],
  ["bold", "|", "**|**"],
  ["italic", "a [word]", "a _[word]_"],
  ["code", "[x]", "`[x]`"],
  ["quote", "one\ntwo|", "one\n> two|"],
  ["quote", "> two|", "two|"],
  ["list", "[one\ntwo]", "- one\n- two|"],
])("%s turns %j into %j", (mark, before, after) => {
  const { plain, start, end } = read(before);

  expect(shown(plain, marked(plain, start, end, mark))).toBe(after);
});

test("a link asks for its address, or for its words", () => {
  expect(marked("see here", 4, 8, "link")).toEqual({
    ...{ from: 4, to: 8, insert: "[here](https://)" },
    ...{ start: 11, end: 19 },
  });
  expect(marked("", 0, 0, "link")).toEqual({
    ...{ from: 0, to: 0, insert: "[](https://)" },
    ...{ start: 1, end: 1 },
  });
});

test.each([
  ["Hi @La|", "person la 3"],
  ["@|", "person  0"],
  ["mail@exa|", "nothing"],
  ["(@O|", "person o 1"],
  ["ok :th|", "emoji th 3"],
  [":|", "nothing"],
  ["10:30|", "nothing"],
  ["مرحبا @أح|", "person أح 6"],
  ["@La and|", "nothing"],
])("%j asks for %s", (text, wanted) => {
  const { plain, start } = read(text);
  const asked = askedAt(plain, start);

  expect(asked === null ? "nothing" : `${asked.kind} ${asked.words} ${asked.from}`).toBe(wanted);
});
