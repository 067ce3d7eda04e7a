/* Before and after in one frame: a divider to move by touch, mouse or keys; a closer look; a tap marks a place. */
"use strict";
(() => {
  const frame = document.querySelector("[data-versus]");
  if (!frame) return;
  const divider = frame.querySelector(".divider");
  const after = frame.querySelector(".half.is");
  const sheet = document.querySelector("#wish-sheet");
  const form = sheet?.querySelector("form");
  const near = document.querySelector("button[data-near]");
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

  // The divider: everything right of it is the finished photo.
  let at = 50;
  const move = (to) => {
    at = clamp(to, 0, 100);
    divider.style.transform = `translateX(${((at - 50) / 100) * frame.clientWidth}px)`; // no layout, so no shift
    after.style.clipPath = `inset(0 0 0 ${at}%)`;
    divider.setAttribute("aria-valuenow", String(Math.round(at)));
    divider.setAttribute("aria-valuetext", `${Math.round(at)} %`);
    frame.dataset.side = at < 14 ? "is" : at > 86 ? "was" : "both";
  };
  const steps = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -20, PageUp: 20, Home: -100, End: 100 };
  divider.addEventListener("keydown", (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    move(at + steps[event.key]);
  });

  // A closer look at both at once; a drag moves the picture then.
  let scale = 1;
  let middle = { x: 0.5, y: 0.5 };
  const pictures = frame.querySelectorAll("img");
  const show = () => {
    const [x, y] = [(0.5 - middle.x) * 100 * (scale - 1), (0.5 - middle.y) * 100 * (scale - 1)];
    for (const picture of pictures) picture.style.transform = scale > 1 ? `translate(${x}%, ${y}%) scale(${scale})` : "";
    frame.toggleAttribute("data-close-up", scale > 1);
    near?.setAttribute("aria-pressed", String(scale > 1));
  };
  const closer = (point) => {
    const last = pictures[pictures.length - 1];
    const own = (Number(last.srcset.match(/(\d+)w$/)?.[1]) || last.naturalWidth) / window.devicePixelRatio;
    for (const one of frame.querySelectorAll("img[srcset]")) one.sizes = "2048px"; // from now on the whole one
    scale = scale > 1 ? 1 : clamp(own / frame.clientWidth, 2.2, 4);
    middle = point ?? { x: 0.5, y: 0.4 };
    show();
  };

  const place = (event) => {
    const box = frame.getBoundingClientRect();
    return {
      x: clamp((event.clientX - box.left) / box.width, 0, 1),
      y: clamp((event.clientY - box.top) / box.height, 0, 1),
      width: box.width,
      height: box.height,
    };
  };

  // One pointer: on the divider or across the picture it compares; closer, it moves the picture; a tap marks a place.
  let held = null;
  let dragged = false;
  frame.addEventListener("pointerdown", (event) => {
    dragged = false;
    if (held || event.button || !event.isPrimary) return;
    held = { id: event.pointerId, x: event.clientX, y: event.clientY, on: divider.contains(event.target), moved: false, last: event };
    if (held.on) frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    if (!held || event.pointerId !== held.id) return;
    if (!held.moved && Math.abs(event.clientX - held.x) + Math.abs(event.clientY - held.y) < 8) return;
    if (!held.moved) frame.setPointerCapture(event.pointerId);
    held.moved = dragged = true;
    const here = place(event);
    if (scale > 1 && !held.on) {
      middle.x = clamp(middle.x - (event.clientX - held.last.clientX) / here.width / (scale - 1), 0, 1);
      middle.y = clamp(middle.y - (event.clientY - held.last.clientY) / here.height / (scale - 1), 0, 1);
      show();
    } else {
      move(100 * here.x);
    }
    held.last = event;
  });
  frame.addEventListener("pointerup", (event) => {
    if (!held || event.pointerId !== held.id) return;
    held = null;
  });
  frame.addEventListener("click", (event) => { // not pointerup: the click that follows it would close the sheet at once
    if (dragged || divider.contains(event.target)) return;
    if (scale > 1) closer();
    else if (sheet && "marks" in frame.dataset) ask(place(event));
  });
  frame.addEventListener("pointercancel", () => { held = null; });
  frame.addEventListener("dragstart", (event) => event.preventDefault());

  // Asking for a change: at a place, or of the whole photo.
  function ask(point) {
    form.elements.x.value = point ? point.x.toFixed(4) : "";
    form.elements.y.value = point ? point.y.toFixed(4) : "";
    sheet.dataset.at = point ? "place" : "photo";
    const ring = frame.querySelector("#ring-next"); // a live part: not the same element for ever
    if (ring) {
      ring.toggleAttribute("hidden", !point);
      for (const [node, across, down] of [["circle", "cx", "cy"], ["text", "x", "y"]]) {
        if (!point) continue;
        ring.querySelector(node).setAttribute(across, `${100 * point.x}%`);
        ring.querySelector(node).setAttribute(down, `${100 * point.y}%`);
      }
    }
    if (point && at > 100 * point.x) move(Math.max(0, 100 * point.x - 12));
    sheet.showModal();
    if (!point || innerWidth >= 1000) return;
    const box = frame.getBoundingClientRect();
    const hidden = box.top + point.y * box.height - (sheet.getBoundingClientRect().top - 48);
    if (hidden > 0) scrollBy({ top: hidden, behavior: "smooth" });
  }
  if (sheet) {
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-ask]")) return;
      event.preventDefault();
      ask(null);
    });
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet || event.target.closest("[data-close]")) sheet.close();
    });
    if ("unsent" in sheet.dataset) ask(null);
    sheet.addEventListener("close", () => frame.querySelector("#ring-next")?.setAttribute("hidden", ""));
  }

  // Keys: Z comes closer, the brackets turn to the photo before and after.
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || sheet?.open || event.target.closest("input, textarea")) return;
    if (event.key === "z" || event.key === "Z") closer();
    if (event.key === "Escape" && scale > 1) closer();
    if (event.key === "[" || event.key === "]") document.querySelector(`a[rel=${event.key === "[" ? "prev" : "next"}]`)?.click();
  });
  near?.addEventListener("click", () => closer());

  addEventListener("resize", () => move(at));
  divider.hidden = false;
  frame.setAttribute("data-ready", "");
  move(50);
})();
