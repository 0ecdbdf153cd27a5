/** What somebody sees and does. */

import { act, fireEvent, screen, within } from "@testing-library/react";
import { settled } from "../../core/testing/clock";

/** The lines of a part of the screen, without what is only drawn. */
export function textOf(element: Element | null | undefined): string {
  const copy = element?.cloneNode(true) as Element | undefined;
  for (const each of copy?.querySelectorAll("[aria-hidden=true]") ?? []) each.remove();
  return (copy?.textContent ?? "")
    .replace(/[\u2066-\u2069]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

export function rowIds(): string[] {
  return screen
    .queryAllByRole("option")
    .map((each) => each.dataset.row ?? "")
    .filter(Boolean);
}

export function messages(): string[] {
  const feed = screen.getByRole("feed");
  return within(feed)
    .queryAllByRole("article")
    .map((each) => textOf(each.querySelector(".said") ?? each));
}

export async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  await act(async () => {
    fireEvent.keyDown(document.activeElement ?? document.body, { key, bubbles: true, ...more });
    await settled();
  });
}

export async function click(element: Element): Promise<void> {
  await act(async () => {
    // Menus open when the button goes down.
    fireEvent.pointerDown(element, { button: 0, ctrlKey: false });
    fireEvent.click(element);
    await settled();
  });
}

export async function type(element: Element, text: string): Promise<void> {
  await act(async () => {
    (element as HTMLElement).focus();
    fireEvent.change(element, { target: { value: text } });
    await settled();
  });
}

export const button = (name: string | RegExp) => screen.getByRole("button", { name });
export const composer = () => document.getElementById("composer-text") as HTMLTextAreaElement;
