/* Says on the page itself that the line to the office is cut, within five seconds, and that it is back.
   Every two seconds a small file is asked for; no answer within two and a half is a cut. Nothing that was typed is touched. */
(() => {
  "use strict";
  const EVERY = 2000, PATIENCE = 2500;
  const notice = document.getElementById("line");
  if (!notice) return;
  const look = async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      await fetch(notice.dataset.asks, { method: "HEAD", cache: "no-store", signal: stop.signal });
      notice.hidden = true;
    } catch {
      notice.hidden = false;
    }
    clearTimeout(timer);
    setTimeout(look, notice.hidden ? EVERY : EVERY / 2);
  };
  setTimeout(look, EVERY);
})();
