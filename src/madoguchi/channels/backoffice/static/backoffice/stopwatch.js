/* The stopwatch of played visits. Each press is kept with the device's running clock and sent with how long ago it was made;
   what does not arrive is sent again, also after a reload. Without JavaScript every button is a form. */
(() => {
  "use strict";
  const page = document.querySelector("[data-stopwatch]");
  const form = page && page.querySelector("[data-presses]");
  if (!form) return;
  const unsent = page.querySelector("[data-unsent]");
  const refused = page.querySelector("[data-refused]");
  const elapsed = page.querySelector("[data-elapsed]");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const store = "presses " + form.action;
  // performance.now() begins anew with each page; timeOrigin carries it over a reload of this device.
  const now = () => performance.timeOrigin + performance.now();
  const loaded = now();
  let waiting = JSON.parse(sessionStorage.getItem(store) || "[]");
  let sending = false;

  const number = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  };
  const keep = () => {
    sessionStorage.setItem(store, JSON.stringify(waiting));
    unsent.hidden = waiting.length === 0 || sending;
  };

  const send = async () => {
    if (sending || !waiting.length || !navigator.onLine) return;
    sending = true;
    let arrived = false;
    while (waiting.length) {
      const press = waiting[0];
      const body = new URLSearchParams({
        csrfmiddlewaretoken: token,
        pressed: press.pressed,
        key: press.key,
        ago_ms: String(Math.max(0, Math.round(now() - press.at))),
      });
      try {
        const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
        if (answer.status === 409) {
          refused.querySelector("p").textContent = (await answer.json()).sentence;
          refused.hidden = false;
        } else if (!answer.ok) {
          break;
        } else {
          arrived = true;
        }
      } catch {
        break;
      }
      waiting.shift();
      keep();
    }
    sending = false;
    keep();
    if (arrived && !waiting.length && refused.hidden) location.reload();
  };

  const press = (button) => {
    waiting.push({ pressed: button.value, key: number(), at: now() });
    for (const one of form.querySelectorAll("[aria-pressed]")) {
      if (button.hasAttribute("aria-pressed")) one.setAttribute("aria-pressed", String(one === button));
    }
    keep();
    send();
  };

  form.addEventListener("submit", (event) => {
    if (!event.submitter) return;
    event.preventDefault();
    press(event.submitter);
  });
  // keys.js presses the buttons by their keys; a key that is held down is one press.
  document.addEventListener("keydown", (event) => { if (event.repeat) event.stopImmediatePropagation(); }, true);
  window.addEventListener("online", send);
  setInterval(send, 3000);
  const since = page.dataset.sinceMs;
  if (elapsed && since !== undefined) {
    const show = () => {
      const seconds = Math.floor((Number(since) + now() - loaded) / 1000);
      elapsed.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    };
    show();
    setInterval(show, 1000);
  }
  send();
})();
