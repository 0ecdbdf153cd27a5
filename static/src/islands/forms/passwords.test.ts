import { expect, test } from "vitest";
import { passwords } from "./passwords";

function page(): { form: HTMLFormElement; field: HTMLInputElement; button: HTMLButtonElement } {
  document.body.innerHTML = `
    <form data-show="Show" data-hide="Hide">
      <input type="email" id="email"><input type="password" id="secret" value="abc">
    </form>`;
  const form = document.querySelector("form") as HTMLFormElement;
  passwords([form]);
  const [button, ...others] = form.querySelectorAll("button");
  expect(others).toEqual([]);
  return {
    form,
    field: document.getElementById("secret") as HTMLInputElement,
    button: button as HTMLButtonElement,
  };
}

const told = (field: HTMLInputElement, button: HTMLButtonElement) =>
  [field.type, button.textContent, field.value].join();

test("a password is shown and hidden again by a button that says which", () => {
  const { field, button } = page();
  expect(told(field, button)).toBe("password,Show,abc");

  button.click();
  expect(told(field, button)).toBe("text,Hide,abc");
  button.click();

  expect(told(field, button)).toBe("password,Show,abc");
});

test("it is sent as a password", () => {
  const { form, field, button } = page();
  button.click();

  form.dispatchEvent(new Event("submit"));

  expect(told(field, button)).toBe("password,Show,abc");
});
