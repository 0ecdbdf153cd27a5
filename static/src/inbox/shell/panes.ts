/** The panes from side to side, as F6 goes through them. */

const FOCUS = "[data-pane-focus], [data-message][tabindex='0']";

/** Those that are to be seen; one without room is not there. */
export function nextPane(by: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter(
    (each) => each.offsetParent !== null,
  );
  const at = panes.findIndex((each) => each.contains(document.activeElement));
  const to = panes[(Math.max(at, 0) + (at < 0 ? 0 : by) + panes.length) % panes.length];
  const target = to?.querySelector<HTMLElement>(FOCUS) ?? to;
  target?.focus();
}
