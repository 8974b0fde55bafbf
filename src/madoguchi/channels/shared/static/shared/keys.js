/* The keyboard way through a hearing. It only presses what is on the page: without it every control still works.
   data-key="1"        the key that presses this control
   data-key-focus="/"  the key that moves to this field */
(() => {
  "use strict";
  const typing = (element) =>
    element.matches("textarea, select, [contenteditable]") ||
    (element.matches("input") && !/^(radio|checkbox|button|submit|hidden)$/.test(element.type));

  const visible = (element) => element.offsetParent !== null || element.matches("input[type=radio], input[type=checkbox]");
  const find = (name, key) =>
    [...document.querySelectorAll(`[${name}]`)].find((element) => element.getAttribute(name) === key && !element.disabled && visible(element));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (typing(event.target)) return;
    if (event.key === "?") {
      document.getElementById("keys")?.showModal();
      event.preventDefault();
      return;
    }
    const goal = find("data-key-focus", event.key);
    if (goal) {
      goal.focus();
      goal.select?.();
      event.preventDefault();
      return;
    }
    if (event.key === "Enter") {
      if (event.target.matches("a, button, summary")) return;
      const form = document.querySelector("form[data-keys=answers]");
      const press = form?.querySelector("button[value=answer]") ?? find("data-key", "Enter");
      if (press) {
        press.click();
        event.preventDefault();
      }
      return;
    }
    const press = find("data-key", event.key);
    if (press) {
      press.click();
      if (press.matches("input")) press.focus();
      event.preventDefault();
    }
  });

  /* After a swap the question is what the clerk and the screen reader should meet next. */
  const meet = () => {
    const first = document.querySelector(".mdg-counter__prompt input:not([type=hidden]), .mdg-counter__prompt a.mdg-button");
    if (first) first.focus({ preventScroll: true });
    const question = document.querySelector(".mdg-counter__prompt");
    // A long question scrolled down; the next one begins where the clerk looks.
    if (question && question.getBoundingClientRect().top < 0) question.scrollIntoView();
  };
  document.addEventListener("htmx:afterSwap", meet);
  /* Another screen came back (signed out, case closed elsewhere): show that one instead of nothing. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (!target.id || event.detail.serverResponse.includes(`id="${target.id}"`)) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector(".mdg-counter__prompt")) meet();
    const wait = document.querySelector("[data-refresh]");
    if (wait) setTimeout(() => location.reload(), 1000 * Number(wait.dataset.refresh));
  });
})();
