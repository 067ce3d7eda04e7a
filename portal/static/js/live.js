// Live parts (see _macros/live.html): one stream a page says that a topic changed; the part is asked for again.
(() => {
  "use strict";
  const SILENCE = 20000, POLL = 5000, AGAIN = 60000, REST = 1000;
  const marks = () => [...document.querySelectorAll("[data-live]")];
  const first = marks()[0];
  if (!first) return;
  const known = {};
  const busy = new Map(); // marks at work, and whether they are wanted once more
  const owed = new Set(); // marks that wait until the page is seen
  let stream, silence, polling, again, over, tries = 0;

  const held = (part) => part.querySelector("dialog[open]") ||
    (part !== document.activeElement && part.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox], [type=radio]), textarea, select"));

  // What somebody has unfolded stays so.
  const unfolded = (part, fresh) => {
    const olds = [...part.querySelectorAll("details")];
    const named = (one) => `${one.className} ${one.querySelector("summary")?.textContent}`;
    for (const one of fresh.querySelectorAll("details")) {
      const place = olds.findIndex((old) => named(old) === named(one));
      if (place >= 0) one.open = olds.splice(place, 1)[0].open;
    }
    return fresh.outerHTML;
  };

  const renew = async (mark) => {
    if (!mark.dataset.fragment) return document.dispatchEvent(new CustomEvent("live:changed", { detail: { topic: mark.dataset.topic } }));
    if (busy.has(mark)) return busy.set(mark, true);
    busy.set(mark, false);
    let rest = REST;
    const began = performance.now();
    const later = () => {
      busy.set(mark, true);
      rest = POLL;
    };
    try {
      const { fragment, targets } = mark.dataset;
      const parts = targets.split(",").map((one) => document.querySelector(one)).filter(Boolean);
      if (parts.some(held)) return later();
      const answer = await fetch(fragment, { headers: { "HX-Request": "true", Accept: "text/html" } });
      if (answer.status >= 500) return later();
      if (!answer.ok || answer.redirected) return;
      const text = await answer.text();
      const fresh = new DOMParser().parseFromString(text, "text/html");
      const drawn = (where) => where.querySelector("[data-drawn]")?.dataset.drawn;
      if (drawn(fresh) && drawn(fresh) !== drawn(document)) { // the page is of something that has been replaced
        if (document.querySelector("dialog[open]")) return later();
        return location.reload();
      }
      for (const part of parts) {
        const select = `#${CSS.escape(part.id)}`;
        const found = fresh.querySelector(select);
        if (part.isConnected && !held(part) && found) {
          rest = Math.max(rest, 4 * (performance.now() - began)); // a heavy part is asked for less often
          await htmx.swap({ sourceElement: mark, target: part, text: unfolded(part, found), select, swap: "outerMorph ignoreTitle:true" });
        }
      }
      document.dispatchEvent(new CustomEvent("live:renewed", { detail: { topic: mark.dataset.topic } }));
    } catch {
      later(); // the network dropped
    } finally {
      setTimeout(() => {
        const wanted = busy.get(mark);
        busy.delete(mark);
        if (wanted) document.hidden ? owed.add(mark) : renew(mark);
      }, rest);
    }
  };
  const fire = (topics) => {
    for (const mark of marks()) if (topics.includes(mark.dataset.topic)) renew(mark);
  };
  const hear = (versions, changed = []) => {
    const topics = Object.keys(versions).filter((name) => changed.includes(name) || (name in known && known[name] !== versions[name]));
    Object.assign(known, versions);
    fire(topics);
  };

  const address = () => {
    const query = new URLSearchParams();
    for (const name of new Set(marks().map((mark) => mark.dataset.topic))) query.append("on", name);
    if (!Object.keys(known).length) query.set("since", first.dataset.since);
    return `${first.dataset.live}?${query}`;
  };
  const close = () => {
    stream?.close();
    stream = null;
    clearTimeout(silence);
    clearTimeout(again);
  };
  const finish = () => {
    over = true;
    close();
    clearInterval(polling);
  };
  const poll = async () => {
    try {
      const answer = await fetch(address(), { headers: { Accept: "application/json" } });
      if ([401, 403, 404, 410].includes(answer.status)) return finish();
      if (!answer.ok) return;
      const told = await answer.json();
      hear(told.versions, told.changed);
    } catch {
      // the next one may arrive
    }
  };
  // No stream for now: ask every few seconds, and try the stream again later.
  const without = (later) => {
    close();
    if (over || document.hidden) return;
    if (!polling) {
      poll();
      polling = setInterval(poll, POLL);
    }
    again = setTimeout(open, later);
  };
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(() => without(AGAIN), SILENCE);
  };
  const alive = () => {
    tries = 0;
    clearInterval(polling);
    polling = null;
    listen();
  };
  const open = () => {
    close();
    if (over || document.hidden) return;
    for (const mark of owed) owed.delete(mark) && renew(mark);
    if (!window.EventSource) return without(AGAIN);
    stream = new EventSource(address());
    listen();
    stream.addEventListener("now", (event) => {
      alive();
      const told = JSON.parse(event.data);
      hear(told.versions, told.changed);
    });
    stream.addEventListener("changed", (event) => {
      alive();
      hear(JSON.parse(event.data));
    });
    stream.addEventListener("beat", alive);
    stream.addEventListener("gone", finish);
    stream.addEventListener("bye", () => without(1000 + 4000 * Math.random()));
    stream.onerror = () => without(Math.min(AGAIN, 1000 * 2 ** tries++) * (0.7 + 0.6 * Math.random()));
  };
  const rest = () => {
    close();
    clearInterval(polling);
    polling = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : open()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
})();
