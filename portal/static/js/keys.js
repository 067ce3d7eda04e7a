/* Keys that stand on a page's buttons and links press them. Nothing fires while someone types. */
"use strict";
(() => {
  const typing = (node) => node instanceof Element && node.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    for (const one of document.querySelectorAll("[data-key]")) {
      if (!one.hidden && one.dataset.key.toLowerCase() === event.key.toLowerCase()) {
        event.preventDefault();
        one.click();
        return;
      }
    }
  });
  // The strip begins at its current picture; the page itself stays where it is.
  const scroll = () => {
    const strip = document.querySelector(".thumbs");
    const current = strip?.querySelector("[aria-current]");
    if (!current) return;
    strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
    strip.scrollTop = current.offsetTop - strip.offsetTop - (strip.clientHeight - current.offsetHeight) / 2;
  };
  document.addEventListener("desk:swapped", scroll);
  scroll();
})();
