import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Actions } from "../core/actions";
import { catalogueFaults } from "../core/i18n";
import { conflicts } from "../core/keymap";
import { ACTION_IDS, register, titleOf } from "./actions/all";
import ar from "./messages/ar.json";
import en from "./messages/en.json";
import type { Context } from "./page";

test("both languages say the same things", () => {
  expect(catalogueFaults({ en, ar })).toEqual([]);
});

test("every action has a name, and no two ask for the same keys", () => {
  const actions = new Actions<Context>();
  register(actions);

  expect(ACTION_IDS.map(titleOf).filter((key) => !(key in en))).toEqual([]);
  expect(conflicts(actions.list())).toEqual([]);
});

test("Arabic begins in Arabic, but for what is filled in", () => {
  const texts = Object.values(ar).flatMap((entry) =>
    typeof entry === "string" ? [entry] : Object.values(entry),
  );
  const foreign = texts.filter((text) => /^[A-Za-z]/.test(text));

  expect(foreign.sort()).toEqual(["Ctrl+Enter أو ⌘+Enter", "Enter", "TokDesk"]);
});

/** Names that are put together from parts stand as their beginnings. */
test("every text is said somewhere", () => {
  const sources = sourcesOf(join(import.meta.dirname));
  const isSaid = (key: string) => {
    const parts = key.split(".");
    const begins = parts.map((_, n) => `${parts.slice(0, n).join(".")}.\${`);
    return sources.includes(`"${key}"`) || begins.some((begin) => sources.includes(`\`${begin}`));
  };

  expect(Object.keys(en).filter((key) => !key.startsWith("action.") && !isSaid(key))).toEqual([]);
});

function sourcesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => /(?<!\.test)\.tsx?$/.test(each.name))
    .map((each) => readFileSync(join(each.parentPath, each.name), "utf8"))
    .join("\n");
}
