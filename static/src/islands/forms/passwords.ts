/** A button beside each password; the texts stand at the form, in the page's language. */
export function passwords(forms: Iterable<HTMLFormElement>): void {
  for (const form of forms) {
    for (const field of form.querySelectorAll<HTMLInputElement>("input[type=password]")) {
      const { button, show } = buttonFor(field, form);
      const frame = document.createElement("span");
      frame.className = "secret";
      frame.dir = field.dir;
      field.replaceWith(frame);
      frame.append(field, button);
      // Sent as what it is, so that browsers offer to keep it.
      form.addEventListener("submit", () => show(false));
    }
  }
}

function buttonFor(field: HTMLInputElement, { dataset }: HTMLFormElement) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet show";
  button.setAttribute("aria-controls", field.id);
  const show = (isShown: boolean) => {
    field.type = isShown ? "text" : "password";
    button.textContent = (isShown ? dataset.hide : dataset.show) ?? "";
  };
  button.addEventListener("click", () => show(field.type === "password"));
  show(false);
  return { button, show };
}
