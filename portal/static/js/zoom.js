/* One zoom for all pictures of a desk: a click or Z shows the picture's own pixels, the pointer moves all of them. */
"use strict";
(() => {
  let leave = () => {};

  const begin = () => {
    const desk = document.querySelector("[data-zoom]");
    const button = document.querySelector("button[data-near]");
    const frames = desk ? [...desk.querySelectorAll(".frame:not(.bare)")] : [];
    leave = () => {};
    if (!frames.length || !button) return;
    let near = false;

    const pictures = (frame) => frame.querySelectorAll("img");
    const show = (x, y) => {
      for (const frame of frames) {
        const own = [...pictures(frame)].at(-1).naturalWidth / window.devicePixelRatio;
        const scale = Math.max(1.5, own / frame.clientWidth);
        frame.toggleAttribute("data-near", near);
        for (const picture of pictures(frame)) {
          picture.style.transform = near ? `scale(${scale})` : "";
          picture.style.transformOrigin = `${x * 100}% ${y * 100}%`;
        }
      }
      button.setAttribute("aria-pressed", String(near));
    };
    const place = (event, frame) => {
      const box = frame.getBoundingClientRect();
      const part = (at, from, size) => Math.min(1, Math.max(0, (at - from) / size));
      return [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
    };
    for (const frame of frames) {
      frame.addEventListener("click", (event) => {
        near = !near;
        show(...place(event, frame));
      });
      frame.addEventListener("pointermove", (event) => {
        if (near) show(...place(event, frame));
      });
    }
    button.removeAttribute("data-unready");
    button.addEventListener("click", () => {
      near = !near;
      show(0.5, 0.4);
    });
    leave = () => {
      near = false;
      show(0.5, 0.5);
    };
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
  document.addEventListener("desk:swapped", begin); // an upload's answer has brought a new desk
  begin();
})();
