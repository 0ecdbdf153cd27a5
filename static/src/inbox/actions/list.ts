/** What can be done in the list: move, open, choose. */

import { toggleSelected } from "../model/ui";
import type { Page } from "../page";
import type { Deeds } from "./all";

export const inList: Deeds = {
  "list.next": { run: ({ page }) => move(page, 1) },
  "list.previous": { run: ({ page }) => move(page, -1) },
  "list.first": { run: ({ page }) => moveTo(page, 0) },
  "list.last": { run: ({ page }) => moveTo(page, page.rows.length - 1) },
  "list.open": { run: ({ page }) => open(page) },
  "list.select": { run: ({ page }) => select(page), when: isOfCustomers },
  "list.extend_next": { run: ({ page }) => extend(page, 1), when: isOfCustomers },
  "list.extend_previous": { run: ({ page }) => extend(page, -1), when: isOfCustomers },
  "list.select_all": {
    run: ({ page }) => page.ui.setState({ selected: new Set(page.rows.map((row) => row.id)) }),
    when: isOfCustomers,
  },
  "list.clear": {
    run: ({ page }) => page.ui.setState({ selected: new Set() }),
    when: ({ page }) => page.ui.getState().selected.size > 0,
  },
};

function isOfCustomers({ page }: { page: Page }): boolean {
  return page.place?.area !== "team";
}

function move(page: Page, by: number): void {
  const at = placeOfCursor(page);
  moveTo(page, at < 0 ? (by > 0 ? 0 : page.rows.length - 1) : at + by);
}

function moveTo(page: Page, at: number): void {
  const row = page.rows[Math.min(Math.max(at, 0), page.rows.length - 1)];
  if (row === undefined) return;
  page.handles.list?.focus();
  page.ui.setState({ cursor: row.id });
}

function open(page: Page): void {
  const { cursor } = page.ui.getState();
  if (cursor !== null) page.open(cursor);
}

function select(page: Page): void {
  const { cursor } = page.ui.getState();
  if (cursor !== null) toggleSelected(page.ui, cursor);
}

function extend(page: Page, by: number): void {
  const { cursor, selected } = page.ui.getState();
  if (cursor !== null && !selected.has(cursor)) toggleSelected(page.ui, cursor);
  move(page, by);
  const { cursor: next } = page.ui.getState();
  page.ui.setState((state) => ({
    selected: next === null ? state.selected : new Set([...state.selected, next]),
  }));
}

function placeOfCursor(page: Page): number {
  const { cursor } = page.ui.getState();
  return page.rows.findIndex((row) => row.id === cursor);
}
