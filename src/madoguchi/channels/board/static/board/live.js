/* A board that goes on by itself. Without this file the page still shows what was so when it was asked for, and asks again by itself.
   1. The stream sends the whole middle of the page; it is put in place when it is another one.
   2. A call that was not there before goes to whoever speaks (speak.js), unless it is old; what the page began with is not spoken.
   3. Nothing heard for `data-stale-seconds`: the page says that it stands still. It goes on trying, also by asking for itself.
   4. A board stays on for weeks: once a night it is loaded anew, so that nothing piles up and an update arrives by itself. */
(() => {
  "use strict";
  const board = document.querySelector(".mdg-board");
  const region = board?.querySelector("[data-region]");
  if (!region) return;
  const status = board.querySelector("[data-status]");
  const stale = board.querySelector("[data-stale]");
  const clock = board.querySelector("[data-clock]");
  const limit = Number(board.dataset.staleSeconds) * 1000;
  const FRESH = 20000;
  const NIGHT = 3; // o'clock, when nobody is called
  const SIX_HOURS = 6 * 3600 * 1000;
  const known = new Set(JSON.parse(document.getElementById("board-calls")?.textContent || "[]").map((call) => call.serial));
  let offset = Number(board.dataset.now) - Date.now();
  let heard = performance.now();
  let shown = region.innerHTML;
  let stream = null;
  let asking = false;
  let asked = heard; // when the page was last asked for
  let tried = heard; // when the stream was last begun
  let streamed = heard; // when the stream last said anything

  const hear = (now) => {
    heard = performance.now();
    offset = now - Date.now();
    stale.hidden = true;
    board.removeAttribute("data-stopped");
  };

  const buttons = () => {
    for (const form of document.querySelectorAll("[data-when]")) {
      form.hidden = !region.querySelector(`[data-${form.dataset.when.replace("_", "-")}]`);
    }
  };

  /* Fixed phrases in one other language at a time, turned by the clock, so that a new picture does not begin anew. */
  const TURN = 6000;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const turn = () => {
    for (const phrase of still ? [] : board.querySelectorAll("[data-tongues]")) {
      const at = Math.floor(Date.now() / TURN) % phrase.children.length;
      [...phrase.children].forEach((one, nth) => { one.hidden = nth !== at; });
    }
  };

  const put = (html) => {
    if (html === shown) return;
    shown = html;
    region.innerHTML = html;
    buttons();
    turn();
    const said = region.querySelector("[data-said] .mdg-phone__headline")?.textContent.trim();
    if (said) status.textContent = said;
  };

  const ring = (calls, now) => {
    const fresh = calls.filter((call) => !known.has(call.serial));
    for (const call of calls) known.add(call.serial);
    const spoken = fresh.filter((call) => now - call.at < FRESH);
    if (!spoken.length) return;
    if (board.dataset.kind !== "ticket") status.textContent = spoken.map((call) => `${call.label} ${call.desk}`).join("、");
    document.dispatchEvent(new CustomEvent("board:calls", { detail: spoken }));
  };

  const connect = () => {
    if (!board.dataset.live) return;
    stream?.close();
    tried = streamed = performance.now();
    stream = new EventSource(board.dataset.live);
    stream.addEventListener("state", (event) => {
      const said = JSON.parse(event.data);
      streamed = performance.now();
      hear(said.now);
      put(said.html);
      ring(said.calls, said.now);
      board.dataset.sequence = said.sequence;
    });
    stream.addEventListener("beat", (event) => {
      streamed = performance.now();
      hear(JSON.parse(event.data).now);
    });
  };

  /* The page asks for itself when its stream is silent: a proxy may hold streams back. */
  const ask = async () => {
    if (asking) return;
    asking = true;
    asked = performance.now();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const middle = page.querySelector("[data-region]");
      if (!middle) return;
      const now = Number(page.querySelector(".mdg-board").dataset.now);
      hear(now);
      put(middle.innerHTML);
      ring(JSON.parse(page.getElementById("board-calls").textContent), now);
    } catch {
      /* Still cut off; the page says so when it lasts. */
    } finally {
      asking = false;
    }
  };

  /* Silence is noticed whatever the browser thinks of the connection: a pulled cable is not told to anybody. */
  const watch = () => {
    const now = performance.now();
    const silent = now - heard;
    if (silent >= limit && stale.hidden) {
      stale.hidden = false;
      board.setAttribute("data-stopped", "yes");
    }
    if (silent >= limit * 0.6 && now - asked >= limit * 0.3) ask();
    const lost = stream && (stream.readyState === EventSource.CLOSED || now - streamed >= limit);
    if (lost && now - tried >= limit * 0.3) connect();
  };

  const tick = () => {
    const now = new Date(Date.now() + offset);
    turn();
    clock.textContent = now.toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });
  };

  /* Only while the server answers: a board that cannot be loaded would be a blank wall in the morning. */
  const begin_anew = () => {
    const hour = new Date(Date.now() + offset).toLocaleString("en-GB", { hour: "2-digit", timeZone: "Asia/Tokyo" });
    const up = performance.now();
    if (Number(hour) === NIGHT && up > SIX_HOURS && up - heard < 20000) location.reload();
  };

  buttons();
  connect();
  setInterval(tick, 1000);
  setInterval(watch, Math.min(1000, limit / 4));
  if (!board.dataset.live) setInterval(ask, 60000);
  if (board.dataset.kind !== "ticket") setInterval(begin_anew, 10000);
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && performance.now() - heard > limit / 2) connect();
  });
})();
