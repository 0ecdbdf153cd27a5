/** The language of this person, and of the plain pages in this browser. */

import { csrfOf } from "../../core/http";
import type { Locale } from "../../core/i18n";
import type { InboxApi } from "../api";
import type { World } from "../desk";

export async function saveLanguage(
  language: Locale,
  api: Pick<InboxApi, "changeMe">,
  { fetch, cookies }: Pick<World, "fetch" | "cookies">,
): Promise<void> {
  await api.changeMe({ language });
  await fetch("/language/", {
    method: "POST",
    credentials: "same-origin",
    redirect: "manual",
    headers: { "X-CSRFToken": csrfOf(cookies()) },
    body: new URLSearchParams({ language }),
  });
}
