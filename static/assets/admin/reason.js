// Shows the reason in the mail as it is typed; without scripts its place keeps three dots.
"use strict";
const field = document.getElementById("id_reason");
const places = document.querySelectorAll("[data-reason]");
if (field) {
  field.addEventListener("input", () => {
    for (const place of places) place.textContent = field.value.trim() || "…";
  });
}
