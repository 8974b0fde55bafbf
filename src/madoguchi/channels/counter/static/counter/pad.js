/* The signature pad: strokes are kept as points so that the print is a vector. Without JavaScript the paper way remains. */
(() => {
  "use strict";
  const field = document.querySelector("[data-pad]");
  if (!field) return;
  const canvas = field.querySelector("canvas");
  const store = field.querySelector("input[name=strokes]");
  const pen = canvas.getContext("2d");
  let strokes = [];
  let current = null;
  field.hidden = false;
  pen.lineWidth = 3;
  pen.lineCap = "round";
  pen.lineJoin = "round";

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      Math.round(((event.clientX - box.left) * canvas.width) / box.width),
      Math.round(((event.clientY - box.top) * canvas.height) / box.height),
    ];
  };
  const keep = () => { store.value = strokes.length ? JSON.stringify(strokes) : ""; };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    current = [at(event)];
    strokes.push(current);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current) return;
    const from = current[current.length - 1];
    const to = at(event);
    current.push(to);
    pen.beginPath();
    pen.moveTo(from[0], from[1]);
    pen.lineTo(to[0], to[1]);
    pen.stroke();
  });
  const end = () => { current = null; keep(); };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  field.querySelector("[data-pad-clear]").addEventListener("click", () => {
    strokes = [];
    keep();
    pen.clearRect(0, 0, canvas.width, canvas.height);
  });
})();
