// Hearts: shown at once, sent one after the other, kept through a bad network; and what the others choose meanwhile.
(() => {
  "use strict";
  const { home, lens, note, template } = window.gallery;
  const form = document.querySelector("#picks");
  if (!home || !form) return;
  const $ = (selector) => document.querySelector(selector);
  const KEY = `picks:${home}`;
  const meter = () => $("#meter") ?? $("#v-meter");
  const looked = () => $("[data-photo]:not(template)")?.dataset.photo;

  // Swapping in what changed, by id; what is the same stays untouched.
  const FOCUSABLE = "a[href], button, input, summary";
  const swap = (target, fresh, inner) => {
    const held = target.contains(document.activeElement) && document.activeElement;
    const [id, place] = held ? [held.id, [...target.querySelectorAll(FOCUSABLE)].indexOf(held)] : ["", -1];
    if (target.id === "account-body" && document.activeElement?.matches("input") && target.contains(document.activeElement)) return;
    if (inner) {
      if (target.innerHTML === fresh.innerHTML) return;
      target.replaceChildren(...fresh.childNodes);
    } else {
      const one = fresh.firstElementChild;
      if (!one || target.outerHTML === one.outerHTML) return;
      target.replaceWith(one);
      target = one;
    }
    window.htmx?.process(target);
    if (held) (id ? document.getElementById(id) : target.querySelectorAll(FOCUSABLE)[place])?.focus({ preventScroll: true });
  };
  const read = (text) => [...new DOMParser().parseFromString(text, "text/html").querySelectorAll("hx-partial")];
  const apply = (text) => {
    for (const part of read(text)) {
      const named = part.getAttribute("hx-target");
      if (named === "#flash") note(document.adoptNode(part.firstElementChild));
      if (named === "#settled") settle(part);
      const target = named !== "#flash" && $(named);
      if (target) swap(target, document.importNode(part, true), part.getAttribute("hx-swap") === "innerHTML");
    }
    paint();
    document.dispatchEvent(new CustomEvent("picks:changed"));
  };
  const settle = (part) => {
    change(() => []);
    document.documentElement.dataset.settled = "";
    note(document.importNode(part.firstElementChild, true));
  };

  // What others changed: asked for since the version this page has.
  let asking = false, again = false;
  const query = (more = {}) => {
    const asked = new URLSearchParams(lens);
    asked.set("since", meter()?.dataset.version ?? "0");
    if (looked()) asked.set("photo", looked());
    for (const [name, value] of Object.entries(more)) asked.set(name, value);
    return asked;
  };
  const fetchText = async (address, options = {}) => {
    const answer = await fetch(address, { headers: { "HX-Request": "true", Accept: "text/html" }, signal: AbortSignal.timeout(20000), ...options });
    return { status: answer.status, text: await answer.text() };
  };
  const sync = async () => {
    if (asking) return (again = true);
    asking = true;
    try {
      const { status, text } = await fetchText(`${home}/changes?${query()}`);
      if (status < 500) apply(text);
    } catch {
      // the next change asks again
    }
    asking = false;
    if (again) sync(again = false);
  };
  window.gallery.sync = sync;
  window.gallery.deedsOf = async (photo) => {
    const { text } = await fetchText(`${home}/changes?${query({ photo })}`);
    const part = read(text).find((one) => one.getAttribute("hx-target") === `#c-${photo}`);
    return [...(part ? [document.adoptNode(part.firstElementChild)] : []), template("tile-more")].filter(Boolean);
  };
  document.addEventListener("live:changed", sync);

  // The queue: the last wish for each photo and product. It outlives the page, and all tabs of a phone share it: what
  // one has sent or wished otherwise is never sent again by another.
  let queue = [], alone = false, sending = false, tries = 0, waiting = 0, told = false;
  const load = () => {
    if (alone) return;
    try {
      queue = JSON.parse(localStorage.getItem(KEY)) ?? [];
    } catch {
      alone = true; // a private window: the queue lives as long as the page
    }
  };
  const change = (edit) => {
    load();
    queue = edit(queue);
    try {
      queue.length ? localStorage.setItem(KEY, JSON.stringify(queue)) : localStorage.removeItem(KEY);
    } catch {
      alone = true;
    }
  };
  const holds = (wish) => queue.some((one) => one.id === wish.id);
  const buttons = (photo, product) => [...document.querySelectorAll(`[data-pick="${photo}"]`)].filter(
    (one) => (one.dataset.product ?? "retouch") === product);
  const show = (photo, product, on, saving) => {
    for (const one of buttons(photo, product)) {
      one.setAttribute("aria-pressed", String(on));
      one.toggleAttribute("data-saving", saving);
    }
  };
  const paint = () => queue.forEach((wish) => show(wish.photo, wish.product, wish.on, true));
  const drop = (wish) => {
    change((all) => all.filter((one) => one.id !== wish.id));
  };
  const back = (wish) => {
    drop(wish);
    show(wish.photo, wish.product, !wish.on, false);
  };

  // The summary is opened when it holds every heart.
  let leaving = null;
  const leave = (link = null) => {
    leaving?.removeAttribute("aria-busy");
    leaving = link;
    leaving?.setAttribute("aria-busy", "true");
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href$="/submit"]');
    load();
    if (!link || !queue.length || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave(link);
    send();
  });
  addEventListener("pagehide", () => leave());

  const send = async () => {
    clearTimeout(waiting);
    load();
    if (leaving && !queue.length) return location.assign(leaving.href);
    if (sending || !queue.length) return;
    sending = true;
    const wish = queue[0];
    const more = { ...(wish.product !== "retouch" && { product: wish.product }), ...(wish.extra && { extra: "yes" }) };
    const body = new URLSearchParams({ csrf: form.elements.csrf.value });
    let answer = null;
    try {
      answer = await fetchText(`${home}/photos/${wish.photo}/${wish.on ? "pick" : "unpick"}?${query(more)}`, { method: "POST", body });
    } catch {
      // away: it stays in the queue
    }
    sending = false;
    if (!answer || answer.status >= 500 || answer.status === 429) return later();
    tries = 0;
    if (answer.status === 409 && answer.text.includes('data-code="extra_costs"')) {
      leave();
      load();
      if (holds(wish)) await ask(wish, answer.text);
      return send();
    }
    load();
    const current = holds(wish); // it may have been wished otherwise meanwhile
    if (answer.status >= 400) {
      leave();
      if (current) back(wish);
      apply(answer.text);
      sync();
    } else {
      drop(wish);
      if (told || current) note();
      told = false;
      show(wish.photo, wish.product, wish.on, false);
      apply(answer.text);
    }
    send();
  };
  const later = () => {
    told = true;
    leave();
    note(template("unsaved"));
    waiting = setTimeout(send, Math.min(20000, 700 * 2 ** tries++));
  };
  addEventListener("online", send);
  addEventListener("pageshow", (event) => event.persisted && sync());

  // The price is said before the deed that costs.
  const ask = (wish, text) => new Promise((done) => {
    const sheet = $("#extra");
    const body = new DOMParser().parseFromString(text, "text/html").querySelector("#extra-body");
    $("#extra-body").replaceWith(document.adoptNode(body));
    let yes = false;
    const agree = (event) => {
      if (!event.target.closest("[data-agree]")) return;
      yes = true;
      sheet.close();
    };
    sheet.addEventListener("click", agree);
    sheet.addEventListener("close", () => {
      sheet.removeEventListener("click", agree);
      yes ? change((all) => all.map((one) => (one.id === wish.id ? { ...one, extra: true } : one))) : back(wish);
      done();
    }, { once: true });
    sheet.showModal();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-pick]");
    if (!button || event.defaultPrevented) return;
    event.preventDefault();
    const { pick: photo, product = "retouch" } = button.dataset;
    const on = button.getAttribute("aria-pressed") !== "true";
    const extra = (meter()?.dataset.priced ?? "").split(" ").includes(product);
    const wish = { id: `${Date.now()}-${Math.random()}`, photo, product, on, extra };
    change((all) => [...all.filter((one) => one.photo !== photo || one.product !== product), wish]);
    show(photo, product, on, true);
    send();
  });

  // The household's own limit, where it matters.
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("form[data-cap]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target, event.submitter));
    try {
      const { status, text } = await fetchText(`${event.target.getAttribute("action")}?${query()}`, { method: "POST", body });
      document.activeElement?.blur();
      event.target.closest("dialog")?.close();
      note();
      apply(text);
      if (status < 400 && !document.documentElement.hasAttribute("data-settled")) $("#said").textContent = $("#meter .also, #v-meter .also")?.textContent ?? "";
    } catch {
      event.target.closest("dialog")?.close();
      note(template("offline"));
    }
  });

  addEventListener("storage", (event) => event.key === KEY && load());
  load();
  paint();
  send();
})();
