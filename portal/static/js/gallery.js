// What a phone can do beyond links and forms. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const $ = (selector) => document.querySelector(selector);
  const main = $("main[data-gallery]");

  // Words for the person: above whatever is in front.
  const place = () => {
    const viewer = $("#viewer[open]");
    return (viewer && viewer.querySelector("#v-flash")) || $("#flash") || $("#v-flash");
  };
  const note = (content) => {
    const area = place();
    if (!area) return;
    area.replaceChildren(...(content ? [content] : []));
    area.classList.toggle("toast", Boolean(content) && (area.id === "v-flash" || scrollY > 120));
  };
  const template = (id) => $(`#${id}`)?.content.cloneNode(true);
  window.gallery = { note, template, home: main?.dataset.gallery, lens: main?.dataset.lens ?? "" };

  // Sheets come from below; a touch beside them, Escape or × puts them away.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-sheet]");
    if (opener) {
      event.target.closest("dialog.modal")?.close();
      $(`#${opener.dataset.sheet}`)?.showModal();
    }
    const sheet = event.target.closest("dialog.sheet");
    const beside = event.target === sheet && !sheet.hasAttribute("data-fresh"); // the touch that opened it may end there
    if (sheet?.matches(":modal") && (beside || event.target.closest("[data-close]"))) sheet.close();
    if (event.target.closest(".toast") && !event.target.closest("a, button")) note();
  });

  // A request that never arrived: say so, keep everything as it was.
  document.addEventListener("htmx:error", (event) => {
    if (!event.detail.ctx?.sourceElement?.closest(".beside")) note(template("offline"));
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (response.status < 400 && !sourceElement?.closest(".beside")) note();
  });
  document.addEventListener("htmx:after:swap", () => {
    const [below, above] = [$("#flash"), place()];
    if (below && above && below !== above && below.childNodes.length) note(below.firstElementChild);
  });

  const shelf = $(".shelf");
  if (!main || !shelf) return;

  // Rows that come in above leave what one looks at where it is.
  let kept = null;
  document.addEventListener("htmx:before:swap", (event) => {
    if (event.detail.ctx.sourceElement?.closest("#earlier")) {
      const tile = firstSeen();
      kept = tile && { tile, top: tile.getBoundingClientRect().top };
    }
  });
  document.addEventListener("htmx:after:swap", () => {
    if (kept) scrollBy(0, kept.tile.getBoundingClientRect().top - kept.top);
    kept = null;
  });

  // The place is kept in the address: Back and a reload come to the same photo, however deep it lies.
  function firstSeen() {
    return [...shelf.querySelectorAll(".tile")].find((tile) => tile.getBoundingClientRect().bottom > 8);
  }
  let resting;
  addEventListener("scroll", () => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      if ($("#viewer[open]") || (shelf.querySelectorAll(".rows").length < 2 && !$("#later, #earlier"))) return;
      const tile = firstSeen();
      const address = new URL(main.dataset.gallery + main.dataset.lens, location.href);
      const deep = tile && shelf.getBoundingClientRect().top < 0;
      if (deep) address.searchParams.set("at", tile.id.slice(2));
      history.scrollRestoration = deep ? "manual" : "auto";
      history.replaceState({ ...history.state, seen: deep ? tile.id : null, top: deep ? tile.getBoundingClientRect().top : 0 }, "", address);
    }, 160);
  }, { passive: true });
  const come = performance.getEntriesByType("navigation")[0]?.type;
  const { seen, top } = history.state ?? {};
  if (seen && come !== "navigate" && document.getElementById(seen)) {
    document.getElementById(seen).scrollIntoView({ behavior: "instant" });
    scrollBy({ top: document.getElementById(seen).getBoundingClientRect().top - top, behavior: "instant" });
  }

  // A long touch on a photo: what else it can be chosen for, and comparing it.
  const sheet = $("#tile-sheet");
  let held = 0, wanted = null, first = null;
  const letGo = () => clearTimeout(held);
  shelf.addEventListener("pointerdown", (event) => {
    const link = event.target.closest("a[data-open]");
    letGo();
    if (link && sheet && event.pointerType === "touch") held = setTimeout(() => openSheet(link), 480);
  });
  for (const name of ["pointerup", "pointercancel", "pointermove"]) {
    shelf.addEventListener(name, (event) => {
      if (name !== "pointermove" || Math.hypot(event.movementX, event.movementY) > 6) letGo();
    }, { passive: true });
  }
  shelf.addEventListener("contextmenu", (event) => {
    const link = event.target.closest("a[data-open]");
    if (!link || !sheet) return;
    event.preventDefault();
    letGo();
    openSheet(link);
  });
  async function openSheet(link) {
    if (sheet.open) return;
    wanted = link.closest(".tile");
    const unclick = (event) => event.target.closest("a[data-open]") && event.preventDefault(); // of the same long touch
    addEventListener("click", unclick, { capture: true });
    setTimeout(() => removeEventListener("click", unclick, { capture: true }), 700);
    $("#tile-title").textContent = link.querySelector("img[alt]:not([alt=''])").alt;
    $("#tile-deeds").replaceChildren();
    $("#tile-deeds").dataset.photo = wanted.id.slice(2);
    sheet.setAttribute("data-fresh", "");
    addEventListener("pointerdown", () => sheet.removeAttribute("data-fresh"), { once: true, capture: true });
    sheet.showModal();
    $("#tile-deeds").replaceChildren(...(await gallery.deedsOf(wanted.id.slice(2))));
  }
  sheet?.addEventListener("close", () => $("#tile-deeds").removeAttribute("data-photo"));
  sheet?.addEventListener("click", (event) => {
    if (event.target.closest("[data-look]")) wanted.querySelector("a[data-open]").click();
    if (event.target.closest("[data-compare]")) {
      first = wanted;
      first.classList.add("first-of-two");
      note(template("second-pick"));
    }
    if (event.target.closest("[data-look], [data-compare]")) sheet.close();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-open]");
    if (first && (link || event.target.closest("[data-stop-comparing]"))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const [one, other] = [first.id.slice(2), link?.closest(".tile").id.slice(2)];
      first.classList.remove("first-of-two");
      first = null;
      note();
      if (other && other !== one) location.assign(`${gallery.home}/compare?${new URLSearchParams({ one, other })}`);
    }
  }, { capture: true });
})();
