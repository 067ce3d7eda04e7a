/* What the vendored reader leaves out for people who hear or key a page: names for its buttons, and roles that are. */
"use strict";
(() => {
  const words = document.currentScript.dataset;
  const name = (button) => {
    if (button.matches(".scalar-code-copy, [class*='copy']")) return words.copy;
    if (button.matches("[role=search], [class*='search']")) return words.search;
    return words.more;
  };
  const mend = () => {
    for (const one of document.querySelectorAll("button[aria-selected]:not([role])")) one.removeAttribute("aria-selected");
    for (const one of document.querySelectorAll("aside[role]")) one.removeAttribute("role");
    for (const one of document.querySelectorAll("div[role=region]")) one.setAttribute("role", "group");
    for (const one of document.querySelectorAll("ul.endpoints:not([tabindex])")) one.tabIndex = 0;
    for (const one of document.querySelectorAll("button:not([aria-label], [aria-labelledby])")) {
      if (!one.innerText.trim()) one.setAttribute("aria-label", name(one));
      if (one.getAttribute("role") === "search") one.removeAttribute("role");
    }
  };
  let waits = 0;
  new MutationObserver(() => {
    cancelAnimationFrame(waits);
    waits = requestAnimationFrame(mend);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
