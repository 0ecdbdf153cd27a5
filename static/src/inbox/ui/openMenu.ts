/** Opens the menu of a button as keys do, which leads to its first item. */
export function openMenu(button: Element | null | undefined): void {
  if (!(button instanceof HTMLElement)) return;
  button.focus();
  const press = { key: "ArrowDown", bubbles: true, cancelable: true };
  button.dispatchEvent(new KeyboardEvent("keydown", press));
}
