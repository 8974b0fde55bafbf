/* The ticket machine. Without it every page works; with it an idle page goes back, and one press counts once.
   data-idle="45"   seconds without a touch until the page goes back to data-start
   data-once        a form that is sent once, however often the finger comes down */
(() => {
  "use strict";
  const main = document.querySelector("main[data-idle]");
  if (main) {
    const whole = 1000 * Number(main.dataset.idle);
    let last = Date.now();
    const used = () => { last = Date.now(); };
    for (const event of ["pointerdown", "keydown", "touchstart"]) document.addEventListener(event, used, { passive: true });
    setInterval(() => { if (Date.now() - last >= whole) location.replace(main.dataset.start); }, 1000);
  }
  /* A finger that stays or slides selects nothing and opens no menu. */
  document.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    for (const other of document.querySelectorAll("form[data-once]")) other.dataset.sent = "yes";
  });
  /* The page that comes back from the browser's memory is somebody else's. */
  window.addEventListener("pageshow", (event) => { if (event.persisted && main) location.replace(main.dataset.start); });
})();
