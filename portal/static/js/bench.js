/* What a desk can do beyond links and forms: states of a photo in one place, surrounds, pins, ticks without a reload.
   Everything here also works as a plain link or form. */
"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const changed = () => document.dispatchEvent(new Event("desk:shown"));

  // The states of a photo lie on each other: B shows the next one, where it stands, as near as it is.
  const showSide = (place) => {
    for (const side of $$("[data-side]")) side.hidden = side.dataset.side !== place;
    for (const link of $$("[data-to-side]")) {
      link.dataset.toSide === place ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    }
    const link = $(`[data-to-side="${place}"]`);
    if (link) history.replaceState(null, "", link.getAttribute("href"));
    changed();
  };
  const nextSide = () => {
    const sides = $$("[data-side]");
    if (sides.length < 2) return;
    const at = sides.findIndex((side) => !side.hidden);
    showSide(sides[(at + 1) % sides.length].dataset.side);
  };

  // Two panes, or one in which B changes before and after.
  const PANE = "safelight-pane";
  const flip = () => {
    const panes = $("[data-panes]");
    const now = panes.dataset.one;
    const next = !now ? "before" : now === "before" ? "after" : "";
    next ? (panes.dataset.one = next) : delete panes.dataset.one;
    sessionStorage.setItem(PANE, next);
    changed();
  };

  // A pin: P, then a click on the finished picture, then words.
  let pinning = false;
  const setPinning = (on) => {
    pinning = on;
    $("[data-pin]")?.setAttribute("aria-pressed", String(on));
    $("#centre")?.toggleAttribute("data-pinning", on);
    if (on) document.dispatchEvent(new Event("desk:far"));
  };
  const NS = "http://www.w3.org/2000/svg";
  const placePin = (event, frame) => {
    const box = frame.getBoundingClientRect();
    const part = (at, from, size) => Math.min(1, Math.max(0, (at - from) / size));
    const [x, y] = [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
    const form = $("[data-pin-form]");
    form.elements.x.value = x.toFixed(4);
    form.elements.y.value = y.toFixed(4);
    const pins = $(".pins", frame);
    $(".fresh", pins)?.remove();
    const ring = document.createElementNS(NS, "g");
    ring.setAttribute("class", "on fresh");
    const circle = document.createElementNS(NS, "circle");
    for (const [name, value] of [["cx", `${100 * x}%`], ["cy", `${100 * y}%`], ["r", "14"]]) circle.setAttribute(name, value);
    ring.append(circle);
    pins.append(ring);
    $("#pin-form").open = true;
    setPinning(false);
    form.elements.body.focus();
  };
  document.addEventListener("click", (event) => {
    const frame = pinning && event.target instanceof Element && event.target.closest("#frame-after");
    if (!frame) return;
    event.stopPropagation();
    event.preventDefault();
    placePin(event, frame);
  }, true);

  // Forms that change a part of the desk: the answer's parts take the places of the old ones.
  const PARTS = ["head", "notes", "strip", "remarks", "marks", "marked", "came", "after"];
  const KEPT = ["form[data-upload]", "details.give-back"]; // what is being sent, and what is being written
  const swapBeside = (fresh) => {
    const [old, made] = [$("main aside"), $("main aside", fresh)];
    if (!old || !made) return;
    document.adoptNode(made);
    const kept = KEPT.map((select) => [$(select, old), $(select, made)]).filter((pair) => pair.every(Boolean));
    old.replaceWith(made);
    for (const [mine, theirs] of kept) theirs.replaceWith(mine);
  };
  const swap = (text, beside = false) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    if (!$("main.bench-page", fresh)) return false;
    const focused = document.activeElement?.closest("form")?.getAttribute("action");
    const chosen = $$("main select[id]").map((one) => [one.id, one.value]); // what somebody has chosen stays chosen
    if (beside) swapBeside(fresh);
    for (const id of PARTS) {
      const [old, made] = [document.getElementById(id), fresh.getElementById(id)];
      if (old && made) old.replaceWith(document.adoptNode(made));
    }
    for (const pins of $$(".pins")) {
      const made = fresh.getElementById(pins.id);
      if (made) pins.replaceWith(document.adoptNode(made));
    }
    for (const [id, value] of chosen) {
      const one = document.getElementById(id);
      if (one && [...one.options].some((option) => option.value === value)) one.value = value;
    }
    const again = focused && $$("form").find((form) => form.getAttribute("action") === focused);
    if (again) $("button, input:not([type=hidden])", again)?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("desk:swapped"));
    return true;
  };
  const quietly = async (form) => {
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (answer.ok && swap(await answer.text())) return;
    } catch {
      // the network dropped: the browser's own page says so
    }
    form.submit();
  };
  window.deskSwap = swap;

  // A finished file has become a picture while the desk was open: it lies with the photo's other states.
  const recentre = async () => {
    const strip = $(".thumbs [aria-current]");
    if (!strip || !$(".dot.done", strip) || $("[data-name=after]") || !$("[data-side]")) return;
    const answer = await fetch(location.href.split("#")[0]).catch(() => null);
    if (!answer?.ok) return;
    const made = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("centre");
    if (!made) return;
    $("#centre").replaceWith(document.adoptNode(made));
    document.dispatchEvent(new Event("desk:centred"));
  };
  document.addEventListener("live:renewed", recentre);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-grounds]")) {
      event.preventDefault();
      const chosen = event.submitter.value;
      document.documentElement.dataset.surround = chosen;
      for (const one of $$("[name=surround]", form)) one.setAttribute("aria-pressed", String(one.value === chosen));
      const body = new URLSearchParams(new FormData(form, event.submitter));
      fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {}); // the page shows it already
    } else if (form.matches("[data-quiet]")) {
      event.preventDefault();
      quietly(form);
    }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-marks-form]");
    if (form) quietly(form);
  });
  document.addEventListener("click", (event) => {
    const to = event.target.closest("[data-to-side]");
    if (to && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      showSide(to.dataset.toSide);
    }
    if (event.target.closest("[data-flip]")) flip();
    if (event.target.closest("[data-pin]")) setPinning(!pinning);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === "Escape") setPinning(false);
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    if (["b", "B", "\\"].includes(event.key) && $("[data-side]")) nextSide();
  });

  const begin = () => {
    const panes = $("[data-panes]");
    const kept = sessionStorage.getItem(PANE);
    if (panes && kept && $("[data-flip]")) panes.dataset.one = kept;
    for (const button of $$("[data-flip][data-unready], [data-pin][data-unready]")) button.removeAttribute("data-unready");
    for (const one of $$("[data-fades]")) setTimeout(() => one.remove(), 10000);
  };
  begin();
})();
