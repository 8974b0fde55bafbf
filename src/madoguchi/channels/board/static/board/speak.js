/* Speaks calls, one after another and never two at once: a chime, then phrases that were rendered beforehand.
   A browser lets a page sound only after somebody pressed something; until then the board says that it is silent. */
(() => {
  "use strict";
  const board = document.querySelector(".mdg-board");
  const button = board?.querySelector("[data-sound]");
  if (!button || !window.AudioContext) return;
  const REST = 500; // milliseconds between two calls
  const TOO_OLD = 60000; // one that waited so long behind others is not spoken any more
  const clips = new Map();
  const waiting = [];
  let sound = null;
  let speaking = false;

  const show = () => {
    const on = sound?.state === "running";
    button.hidden = on;
    for (const one of board.querySelectorAll("[data-sound-on]")) one.hidden = !on;
    for (const one of board.querySelectorAll("[data-sound-off]")) one.hidden = on;
    return on;
  };

  const clip = (name) => {
    if (!clips.has(name)) {
      const loaded = fetch(`${board.dataset.voice}${name}.mp3`)
        .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(name))))
        .then((bytes) => sound.decodeAudioData(bytes))
        .catch(() => {
          clips.delete(name); // asked for again at the next call
          return null;
        });
      clips.set(name, loaded);
    }
    return clips.get(name);
  };

  const play = async (phrases) => {
    const parts = (await Promise.all(phrases.map(clip))).filter(Boolean);
    if (!parts.length) return;
    let at = sound.currentTime + 0.05;
    let last = null;
    for (const part of parts) {
      last = sound.createBufferSource();
      last.buffer = part;
      last.connect(sound.destination);
      last.start(at);
      at += part.duration;
    }
    await Promise.race([
      new Promise((done) => last.addEventListener("ended", done)),
      new Promise((done) => setTimeout(done, (at - sound.currentTime) * 1000 + 2000)), // an output that went away
    ]);
  };

  /* The visitor's own language, if this browser has a voice for it. Only ever besides the rendered phrases. */
  const own = (call) =>
    new Promise((done) => {
      const voice = call.words && window.speechSynthesis?.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith(call.language));
      if (!voice) return done();
      const words = new SpeechSynthesisUtterance(call.words);
      words.voice = voice;
      words.lang = voice.lang;
      words.onend = words.onerror = done;
      setTimeout(done, 10000);
      window.speechSynthesis.speak(words);
    });

  const speak = async () => {
    if (speaking) return;
    speaking = true;
    while (waiting.length) {
      const { call, since } = waiting.shift();
      if (sound?.state !== "running" || performance.now() - since > TOO_OLD) continue;
      const begins = performance.now();
      await play(call.phrases);
      await own(call);
      document.dispatchEvent(new CustomEvent("board:spoken", { detail: { serial: call.serial, phrases: call.phrases, begins, ends: performance.now() } }));
      await new Promise((done) => setTimeout(done, REST));
    }
    speaking = false;
  };

  const start = async () => {
    sound ??= new AudioContext();
    sound.onstatechange = show;
    await Promise.race([sound.resume(), new Promise((done) => setTimeout(done, 500))]);
    if (show()) {
      for (const name of ["chime", "waited", "again", "please-come"]) clip(name);
      if (board.dataset.kind === "ticket") navigator.wakeLock?.request("screen").catch(() => {});
    }
  };

  document.addEventListener("board:calls", (event) => {
    if (sound?.state !== "running") return;
    if (board.dataset.kind === "ticket") navigator.vibrate?.([600, 200, 600, 200, 600]);
    for (const call of event.detail) waiting.push({ call, since: performance.now() });
    speak();
  });
  button.addEventListener("click", start);
  show();
  // A board whose browser was started with leave to sound needs no hand.
  if (board.dataset.kind === "wall") start();
})();
