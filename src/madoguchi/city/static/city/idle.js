/* Warns before the session ends, and takes a resident's data off the screen when it has ended.
   The last use is shared between the windows of this browser, so that one in use keeps the others from warning. */
(() => {
  "use strict";
  const notice = document.getElementById("idle");
  if (!notice) return;
  const whole = 1000 * Number(notice.dataset.seconds);
  const warn = Math.min(300000, whole / 2);
  const KEY = "madoguchi-last-use";
  let here = Date.now();

  const used = () => {
    here = Date.now();
    try {
      localStorage.setItem(KEY, String(here));
    } catch {
      /* storage may be switched off: then each window counts for itself */
    }
    notice.hidden = true;
  };
  const last = () => {
    try {
      return Math.max(here, Number(localStorage.getItem(KEY)) || 0);
    } catch {
      return here;
    }
  };

  notice.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.status === 204) used();
    else leave();
  });
  const leave = () => {
    location.replace(`${notice.dataset.leave}?next=${encodeURIComponent(location.pathname)}`);
  };
  // What a page asks by itself is no use of it.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.target.closest("[data-quiet]")) used();
  });
  used();
  setInterval(() => {
    const rest = last() + whole - Date.now();
    if (rest <= 0) leave();
    else if (rest > warn) notice.hidden = true;
    else if (notice.hidden) {
      notice.hidden = false;
      notice.querySelector("button").focus();
    }
  }, 5000);
})();
