/* Keys that stand on a page's buttons and links press them. Nothing fires while someone types. */
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  for (const one of document.querySelectorAll("[data-key]")) {
    if (one.dataset.key.toLowerCase() === event.key.toLowerCase()) {
      event.preventDefault();
      one.click();
      return;
    }
  }
});
