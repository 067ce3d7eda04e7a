// Two photos with one zoom: what one shows closer, the other does too.
(() => {
  "use strict";
  const sides = [...document.querySelectorAll(".side")];
  const button = document.querySelector("[data-near]");
  const bench = document.querySelector(".bench");
  const pair = new URLSearchParams(document.querySelector("main").dataset.pair);
  const state = { scale: 1, x: 0, y: 0 }; // x, y: how far the middle has moved, in parts of a pane
  const fingers = new Map();
  let active = Number(sessionStorage.getItem("compare-side") ?? 0), pinch = null, from = null, tapped = 0;

  const draw = () => {
    const room = Math.max(0, (state.scale - 1) / 2);
    state.x = Math.min(room, Math.max(-room, state.x));
    state.y = Math.min(room, Math.max(-room, state.y));
    for (const side of sides) {
      const frame = side.querySelector(".frame");
      frame.style.transform = state.scale === 1 ? "" : `translate(${state.x * frame.clientWidth}px, ${state.y * frame.clientHeight}px) scale(${state.scale})`;
      side.classList.toggle("near", state.scale > 1);
    }
    button.setAttribute("aria-pressed", String(state.scale > 1));
  };
  const to = (scale, side, clientX, clientY) => {
    const frame = side.querySelector(".frame");
    const box = frame.getBoundingClientRect();
    const wanted = Math.min(8, Math.max(1, scale)), grown = wanted / state.scale;
    state.x += ((clientX - box.left - box.width / 2) * (1 - grown)) / frame.clientWidth;
    state.y += ((clientY - box.top - box.height / 2) * (1 - grown)) / frame.clientHeight;
    state.scale = wanted;
    if (wanted === 1) state.x = state.y = 0;
    draw();
  };
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { size: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  const choose = (place) => {
    active = place;
    sessionStorage.setItem("compare-side", String(place));
    sides.forEach((side, one) => side.classList.toggle("active", one === place));
    // The bench swaps the photo of the side one is at.
    for (const link of bench?.querySelectorAll("[data-bench]") ?? []) {
      const address = new URL(link.href);
      address.searchParams.set("one", place === 0 ? link.dataset.bench : pair.get("one"));
      address.searchParams.set("other", place === 1 ? link.dataset.bench : pair.get("other"));
      link.href = address;
    }
  };

  sides.forEach((side, place) => {
    const pane = side.querySelector(".pane");
    const middle = (frame = side.querySelector(".frame").getBoundingClientRect()) => [frame.left + frame.width / 2, frame.top + frame.height / 2];
    side.addEventListener("pointerdown", () => choose(place));
    side.addEventListener("focusin", () => choose(place));
    pane.addEventListener("dragstart", (event) => event.preventDefault());
    pane.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      from = fingers.size === 1 ? { x: event.clientX, y: event.clientY, left: state.x, top: state.y, moved: false } : null;
      pinch = fingers.size === 2 ? { ...spread(), scale: state.scale } : null;
    });
    pane.addEventListener("pointermove", (event) => {
      const finger = fingers.get(event.pointerId);
      if (!finger) return;
      [finger.x, finger.y] = [event.clientX, event.clientY];
      const frame = side.querySelector(".frame");
      if (pinch && fingers.size === 2) {
        const now = spread();
        state.x += (now.x - pinch.x) / frame.clientWidth;
        state.y += (now.y - pinch.y) / frame.clientHeight;
        [pinch.x, pinch.y] = [now.x, now.y];
        return to((pinch.scale * now.size) / pinch.size, side, now.x, now.y);
      }
      if (!from) return;
      const [across, down] = [event.clientX - from.x, event.clientY - from.y];
      if (Math.hypot(across, down) > 8) from.moved = true;
      if (state.scale === 1 || !from.moved) return;
      pane.setPointerCapture(event.pointerId);
      state.x = from.left + across / frame.clientWidth;
      state.y = from.top + down / frame.clientHeight;
      draw();
    });
    const end = (event) => {
      fingers.delete(event.pointerId);
      pinch = null;
      if (from && !from.moved && event.type === "pointerup") {
        if (event.timeStamp - tapped < 320) to(state.scale > 1 ? 1 : 2.5, side, event.clientX, event.clientY);
        tapped = event.timeStamp;
      }
      from = null;
    };
    pane.addEventListener("pointerup", end);
    pane.addEventListener("pointercancel", end);
    pane.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && state.scale === 1) return;
      event.preventDefault();
      to(state.scale * Math.exp(-event.deltaY / 240), side, event.clientX, event.clientY);
    }, { passive: false });
    side.addEventListener("closer", () => to(state.scale > 1 ? 1 : 2.5, side, ...middle()));
  });
  button.addEventListener("click", () => sides[active].dispatchEvent(new Event("closer")));

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog:modal") || event.target.closest("input, textarea, select")) return;
    const side = sides[active];
    const act = {
      1: () => choose(0), 2: () => choose(1), ArrowUp: () => choose(0), ArrowDown: () => choose(1), z: () => button.click(), h: () => side.querySelector(".deed.pick")?.click(),
      ArrowLeft: () => side.querySelector("[data-swap=before]")?.click(), ArrowRight: () => side.querySelector("[data-swap=after]")?.click(),
      Escape: () => document.querySelector(".view-top a").click(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  choose(active === 1 ? 1 : 0);
})();
