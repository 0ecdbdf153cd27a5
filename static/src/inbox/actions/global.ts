/** What can be done from anywhere: go somewhere, find something, see what there is. */

import { csrfOf } from "../../core/http";
import { edit, openDialog } from "../model/ui";
import type { Page } from "../page";
import { nextPane } from "../shell/panes";
import type { Deeds } from "./all";

const view = (name: string) => ({
  run: ({ page }: { page: Page }) => page.go({ area: "view", view: name, conv: null }),
});

export const anywhere: Deeds = {
  "palette.open": { run: ({ page }) => openDialog(page.ui, { kind: "palette" }) },
  "search.open": { run: ({ page }) => openSearch(page) },
  "help.open": { run: ({ page }) => openDialog(page.ui, { kind: "help" }) },
  "conversation.new": { run: ({ page }) => openDialog(page.ui, { kind: "new" }) },
  "go.mine": view("mine"),
  "go.unassigned": view("unassigned"),
  "go.snoozed": view("snoozed"),
  "go.resolved": view("resolved"),
  "go.all": view("all"),
  "go.team": { run: ({ page }) => page.go({ area: "team", view: "team", conv: null }) },
  "panes.list": { run: ({ page }) => page.ui.setState(({ hasList }) => ({ hasList: !hasList })) },
  "panes.details": { run: ({ page }) => toggleDetails(page) },
  "panes.next": { run: () => nextPane(1) },
  "panes.previous": { run: () => nextPane(-1) },
  "page.escape": { run: ({ page }) => stepOut(page) },
  "preferences.open": { run: ({ page }) => openDialog(page.ui, { kind: "preferences" }) },
  "view.save": { run: ({ page }) => openDialog(page.ui, { kind: "view" }) },
  "session.sign_out": { run: ({ page }) => signOut(page) },
};

/** Into its field, with what was asked there before. */
function openSearch(page: Page): void {
  const field = document.querySelector<HTMLInputElement>("#list-search");
  field?.focus();
  field?.select();
  if (field === null) page.go({ area: "search", view: "q-", conv: null });
}

/** Beside the thread where there is room, over it where there is none. */
export function toggleDetails(page: Page): void {
  const isWide = window.matchMedia("(min-width: 1280px)").matches;
  page.ui.setState(({ hasDetails, drawer }) =>
    isWide ? { hasDetails: !hasDetails } : { drawer: drawer === "details" ? null : "details" },
  );
}

/** One step out: of a drawer, of what is chosen, of a field, of the thread. */
export function stepOut(page: Page): void {
  const { drawer, selected, edits } = page.ui.getState();
  const conv = page.place?.conv ?? null;
  const focused = document.activeElement;
  if (drawer !== null) page.ui.setState({ drawer: null });
  else if (conv !== null && conv in edits) edit(page.ui, conv, null);
  else if (selected.size > 0) page.ui.setState({ selected: new Set() });
  else if (focused?.closest("[data-scope=composer]")) page.handles.feed?.focus();
  else if (focused?.matches("[data-scope=list] input")) page.handles.list?.focus();
  else if (focused?.closest("[data-scope=thread]")) page.handles.list?.focus();
  else if (conv !== null) page.open(null);
}

/** By the form of the page, so that it works as every other sign-out does. */
function signOut(page: Page): void {
  const form = document.getElementById("sign-out");
  if (!(form instanceof HTMLFormElement)) return;
  const token = form.elements.namedItem("csrfmiddlewaretoken");
  // Another one since somebody has signed in again.
  if (token instanceof HTMLInputElement) token.value = csrfOf(page.desk.world.cookies());
  page.desk.drafts.forget();
  form.requestSubmit();
}
