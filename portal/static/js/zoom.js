/* One zoom for all pictures of a desk: a click or Z shows the file's own pixels where the pointer is; the pointer moves
   all of them in step. A file a browser can show is fetched when somebody looks that near, never before. */
"use strict";
(() => {
  let leave = () => {};
  let draw = () => {};
  let near = false;
  let at = [0.5, 0.4];

  const begin = () => {
    const desk = document.querySelector("[data-zoom]");
    const button = document.querySelector("button[data-near]");
    leave = () => {};
    if (!desk || !button) return;
    const frames = () => [...desk.querySelectorAll(".frame:not(.bare)")];
    const seen = () => frames().filter((frame) => frame.clientWidth);
    const large = (frame) => [...frame.querySelectorAll("img")].at(-1);
    const own = (frame) => (frame.dataset.full ? Number(large(frame).getAttribute("width")) : large(frame).naturalWidth);

    const show = () => {
      // One scale for all: the same part of the picture in each, its pixels those of the largest.
      const scale = Math.max(1.5, ...seen().map((frame) => own(frame) / window.devicePixelRatio / frame.clientWidth));
      for (const frame of frames()) {
        frame.toggleAttribute("data-near", near);
        const picture = large(frame);
        if (near && frame.clientWidth && frame.dataset.full && picture.getAttribute("src") !== frame.dataset.full) picture.src = frame.dataset.full;
        for (const one of frame.querySelectorAll("img")) {
          one.style.transform = near ? `scale(${scale})` : "";
          one.style.transformOrigin = `${at[0] * 100}% ${at[1] * 100}%`;
        }
      }
      button.setAttribute("aria-pressed", String(near));
    };
    const place = (event, frame) => {
      const box = frame.getBoundingClientRect();
      const part = (where, from, size) => Math.min(1, Math.max(0, (where - from) / size));
      at = [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
    };
    for (const frame of frames()) {
      frame.addEventListener("click", (event) => {
        if (desk.hasAttribute("data-pinning")) return;
        near = !near;
        place(event, frame);
        show();
      });
      frame.addEventListener("pointermove", (event) => {
        if (!near && event.pointerType !== "mouse") return;
        place(event, frame); // Z goes where the pointer is
        if (near) show();
      });
    }
    button.removeAttribute("data-unready");
    button.addEventListener("click", () => {
      near = !near;
      show();
    });
    leave = () => {
      near = false;
      show();
    };
    draw = show;
    show();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
  document.addEventListener("desk:far", () => leave());
  document.addEventListener("desk:shown", () => draw());
  document.addEventListener("desk:centred", begin); // another picture has come
  begin();
})();
