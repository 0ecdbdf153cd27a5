/** What the inbox says, in the reader's language. */

import { type Catalogue, type CoreKey, type Locale, loadCoreCatalogue } from "../core/i18n";
import type en from "./messages/en.json";

export type Key = CoreKey | keyof typeof en;

/** Each language is a chunk of its own. */
export async function loadCatalogue(locale: Locale): Promise<Catalogue<Key>> {
  const [core, own] = await Promise.all([
    loadCoreCatalogue(locale),
    locale === "ar" ? import("./messages/ar.json") : import("./messages/en.json"),
  ]);
  return { ...core, ...own.default };
}
