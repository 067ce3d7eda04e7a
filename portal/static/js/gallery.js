// What a phone can do beyond links and forms. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const $ = (selector) => document.querySelector(selector);

  // A tap on the picture marks the place; the sheet comes from below.
  const sheet = $("#sheet");
  const form = sheet && sheet.querySelector("form");
  const frame = $("#frame");

  function openSheet(x, y) {
    form.elements.x.value = x === null ? "" : x.toFixed(4);
    form.elements.y.value = y === null ? "" : y.toFixed(4);
    sheet.dataset.at = x === null ? "photo" : "place";
    sheet.showModal();
    const ring = $("#ring-next");
    if (!ring) return;
    ring.toggleAttribute("hidden", x === null);
    if (x === null) return;
    for (const [name, value] of [["cx", x], ["cy", y]]) ring.querySelector("circle").setAttribute(name, `${100 * value}%`);
    for (const [name, value] of [["x", x], ["y", y]]) ring.querySelector("text").setAttribute(name, `${100 * value}%`);
    keepInSight(y);
  }

  // The place that was tapped stays in sight above the sheet.
  function keepInSight(y) {
    const box = frame.getBoundingClientRect();
    const below = box.top + y * box.height - (sheet.getBoundingClientRect().top - 48);
    if (below > 0 && innerWidth < 1000) scrollBy({ top: below, behavior: "smooth" });
  }

  function closeSheet() {
    sheet.close();
  }

  if (sheet && frame) {
    frame.addEventListener("click", (event) => {
      const box = frame.getBoundingClientRect();
      const part = (value, start, length) => Math.min(1, Math.max(0, (value - start) / length));
      openSheet(part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height));
    });
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet || event.target.closest("[data-close]")) closeSheet();
    });
    sheet.addEventListener("close", () => $("#ring-next")?.setAttribute("hidden", ""));
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-remark]")) openSheet(null, null);
    });
    document.addEventListener("htmx:after:request", (event) => {
      const context = event.detail.ctx;
      if (context.sourceElement !== form || context.response.status >= 400) return;
      form.reset();
      closeSheet();
    });
  }

  // Arrow keys and a swipe turn to the next photo.
  const turn = (name) => {
    const link = $(`[data-turn="${name}"]`);
    if (link && link.href) location.assign(link.href);
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || sheet?.open) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "ArrowLeft") turn("before");
    if (event.key === "ArrowRight") turn("after");
  });
  if (frame) {
    let start = null;
    frame.addEventListener("touchstart", (event) => {
      start = event.touches.length === 1 ? event.touches[0] : null;
    }, { passive: true });
    frame.addEventListener("touchend", (event) => {
      if (!start || (window.visualViewport && window.visualViewport.scale > 1.05)) return;
      const across = event.changedTouches[0].clientX - start.clientX;
      const down = event.changedTouches[0].clientY - start.clientY;
      start = null;
      if (Math.abs(across) > 56 && Math.abs(across) > 2 * Math.abs(down)) turn(across > 0 ? "before" : "after");
    }, { passive: true });
  }

  // A request that never arrived: say so, keep everything as it was.
  document.addEventListener("htmx:error", () => {
    const words = $("#offline");
    const flash = $("#flash");
    if (words && flash) flash.replaceChildren(words.content.cloneNode(true));
  });
  document.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx.response.status < 400) $("#flash")?.replaceChildren();
  });
})();
