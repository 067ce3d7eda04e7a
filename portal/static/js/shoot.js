// A shoot comes in: files are announced, then sent in parts that are taken up again, three at a time (tus 1.0).
(() => {
  "use strict";
  const card = document.querySelector("[data-shoot]");
  if (!card || !window.tus || !tus.isSupported) return;
  const PARALLEL = 3, SLICE = 250, HASHED = 256e6;
  const DELAYS = [300, 1000, 2000, 3000, 5000, 8000, 10000, 15000, 15000, 20000, 30000, 30000];
  const at = card.dataset.shoot;
  const words = JSON.parse(card.dataset.words);
  const endings = new Set(card.dataset.endings.split(","));
  const most = Number(card.dataset.most);
  const token = card.querySelector("[name=csrf]").value;
  const { dropped, filled, hidden } = window.incoming;
  const $ = (selector) => card.querySelector(selector);
  const lang = document.documentElement.lang;
  const number = (value) => value.toLocaleString(lang);
  const size = (bytes) => {
    const unit = bytes >= 1e9 ? [1e9, "GB"] : [1e6, "MB"];
    return `${(bytes / unit[0]).toLocaleString(lang, { maximumFractionDigits: 1 })} ${unit[1]}`;
  };
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

  $("[name=files]").required = false;
  $("[name=files]").accept = card.dataset.endings.split(",").map((ending) => `.${ending}`).join(",") + ",image/*";

  // What is on its way.
  let items = [], queue = [], running = false, stopped = false, spoken = 0, samples = [];
  const active = new Set();
  const failed = new Set();

  // The one folder that was chosen is no part of the shoot's own order; the folders in it are.
  const trimmed = (found) => {
    const tops = new Set(found.map(({ path }) => (path.includes("/") ? path.split("/")[0] : null)));
    if (tops.size !== 1 || tops.has(null)) return found;
    return found.map(({ file, path }) => ({ file, path: path.slice(path.indexOf("/") + 1) }));
  };

  const note = (text) => {
    $("[data-note]").textContent = text;
    $("[data-note]").hidden = !text;
  };
  const say = (text) => {
    $("[data-said]").textContent = text;
  };

  const few = (names) => (names.length > 6 ? [...names.slice(0, 5), filled(words.more, { count: names.length - 5 })] : names).join(", ");
  const take = async (found, unread = []) => {
    const seen = found.filter(({ file, path }) => !path.split("/").some(hidden) && !hidden(file.name));
    const isPhoto = ({ file }) => file.name.includes(".") && endings.has(file.name.split(".").pop().toLowerCase());
    const others = seen.filter((one) => !isPhoto(one)).map(({ file }) => file.name);
    note([
      unread.length ? filled(words.unread, { names: few(unread) }) : "",
      others.length ? filled(words.others, { names: few(others) }) : "",
    ].filter(Boolean).join(" "));
    const photos = trimmed(seen.filter(isPhoto));
    if (!photos.length) {
      note([words.nothing, $("[data-note]").textContent].filter(Boolean).join(" "));
      say(words.nothing);
      return;
    }
    photos.sort((one, other) => one.path.localeCompare(other.path, "en", { numeric: true }));
    if (!running) {
      items = [];
      samples = [];
      failed.clear();
      spoken = 0;
    }
    stopped = false;
    card.classList.remove("first"); // the invitation makes room
    const fresh = photos.map(({ file, path }) => ({ file, path, sent: 0, state: "waiting" }));
    items.push(...fresh);
    running = true;
    say(filled(words.begins, { total: number(items.length) }));
    paint();
    for (let place = 0; place < fresh.length && !stopped; place += SLICE) await announce(fresh.slice(place, place + SLICE));
    settle();
  };

  // Announce: the order waits for these from now on, and what was begun before is taken up again.
  const announce = async (some) => {
    const good = some.filter((item) => {
      if (!item.file.size) fail(item, words.empty, false);
      else if (item.file.size > most) fail(item, words.large, false);
      return item.state === "waiting";
    });
    if (!good.length) return;
    const files = await Promise.all(good.map(async (item) => ({
      name: item.file.name, size: item.file.size, path: item.path, mark: (item.mark ??= await marked(item.file)),
      sha256: item.sha256 ?? null, sure: Boolean(item.sure),
    })));
    let answer;
    for (const delay of [...DELAYS, 0]) {
      try {
        answer = await fetch(`${at}/expected`, {
          method: "POST", body: JSON.stringify({ files }),
          headers: { "X-CSRF-Token": token, "Content-Type": "application/json", Accept: "application/json" },
        });
        if (answer.status < 500 || answer.status === 507) break;
      } catch {
        answer = null;
      }
      if (stopped) return;
      await sleep(delay);
    }
    if (answer?.ok) {
      await arrange(good, await answer.json());
    } else if (good.length > 1 && [413, 422].includes(answer?.status)) {
      const half = Math.ceil(good.length / 2); // one of them is refused: find it, and let the others go on
      await announce(good.slice(0, half));
      await announce(good.slice(half));
    } else {
      const why = await reason(answer?.status ?? 0, answer ? await answer.text() : "");
      for (const item of good) fail(item, why, !answer || answer.status >= 500);
    }
  };
  const arrange = async (some, told) => {
    const unsure = [];
    for (const [place, item] of some.entries()) {
      const { state, id, offset, sha256 } = told[place];
      if (state === "known") finish(item, "known");
      else if (state === "like") unsure.push([item, sha256]);
      else {
        item.url = `${at}/${id}`;
        item.sent = offset;
        queue.push(item);
      }
    }
    pump();
    for (const [item, sha256] of unsure) {
      item.sha256 = await hashOf(item.file);
      item.sure = true;
      if (item.sha256 === sha256) finish(item, "known");
    }
    const rest = unsure.map(([item]) => item).filter((item) => item.state === "waiting");
    if (rest.length) await announce(rest);
  };
  // Two pictures of one name and one size are told apart by how they begin and end
  // (no cryptography: that needs a secure context, and nobody is to be kept out by this).
  const EDGE = 65536;
  const marked = async (file) => {
    try {
      const ends = [file.slice(0, EDGE), file.slice(Math.max(0, file.size - EDGE))];
      let one = 0xdeadbeef, other = 0x41c6ce57;
      for (const part of ends) {
        for (const byte of new Uint8Array(await part.arrayBuffer())) {
          one = Math.imul(one ^ byte, 2654435761);
          other = Math.imul(other ^ byte, 1597334677);
        }
      }
      return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
    } catch {
      return null; // it cannot be read: sending it will say so
    }
  };
  const hashOf = async (file) => {
    if (!window.crypto?.subtle || file.size > HASHED) return null; // the server will know
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    } catch {
      return null;
    }
  };

  // Send.
  const reason = async (status, text) => {
    if (status === 401) return words.signed_out;
    try {
      return JSON.parse(text).detail || words.lost;
    } catch {
      return words.lost;
    }
  };
  const worth = (error) => {
    const status = error.originalResponse?.getStatus() ?? 0;
    if (status === 409) return error.originalResponse.getBody?.().includes("offset_mismatch") ?? true;
    return status === 0 || [408, 423, 429, 460].includes(status) || (status >= 500 && status !== 507);
  };
  const pump = () => {
    while (active.size < PARALLEL && queue.length && !stopped) send(queue.shift());
    paint();
  };
  const send = (item) => {
    active.add(item);
    item.state = "active";
    item.upload = new tus.Upload(item.file, {
      uploadUrl: item.url, retryDelays: DELAYS, storeFingerprintForResuming: false,
      headers: { "X-CSRF-Token": token, Accept: "application/json" },
      onShouldRetry: (error) => {
        item.waits = worth(error) && !stopped;
        return item.waits;
      },
      onProgress: (sent) => {
        item.sent = sent;
        item.waits = false;
        later();
      },
      onSuccess: () => finish(item, "done"),
      onError: async (error) => {
        const answer = error.originalResponse;
        const status = answer?.getStatus() ?? 0;
        const unread = !answer && error.originalRequest && error.message.includes("read");
        const why = unread ? words.unreadable : await reason(status, answer?.getBody() ?? "");
        if (status === 404 || status === 410) item.url = null;
        fail(item, why, status === 0 || status >= 500);
        if (status === 401 || status === 507) halt(why);
      },
    });
    item.upload.start();
  };
  const finish = (item, state) => {
    active.delete(item);
    item.state = state;
    item.sent = item.file.size;
    pump();
    settle();
  };
  const fail = (item, why, network) => {
    active.delete(item);
    Object.assign(item, { state: "failed", why, network });
    failed.add(item);
    pump();
    settle();
  };
  const halt = (why) => {
    for (const item of queue.splice(0)) fail(item, why, false);
  };
  const stop = () => {
    stopped = true;
    queue = [];
    for (const item of active) item.upload.abort();
    active.clear();
    items = items.filter((item) => ["done", "known"].includes(item.state));
    failed.clear();
    running = false;
    note(words.stopped);
    say(words.stopped);
    paint();
  };
  const again = (some) => {
    const wanted = some.filter((item) => failed.delete(item));
    if (!wanted.length) return;
    stopped = false;
    running = true;
    for (const item of wanted) item.state = "waiting";
    queue.push(...wanted.filter((item) => item.url));
    pump();
    const unknown = wanted.filter((item) => !item.url);
    if (unknown.length) announce(unknown).then(settle);
  };

  // Paint.
  const bytes = (key) => items.reduce((sum, item) => sum + (item.state === "failed" ? 0 : key(item)), 0);
  const secondsLeft = (sent, total) => {
    const now = performance.now();
    samples = [...samples.filter(([when]) => now - when < 20000), [now, sent]];
    const [[then, before]] = samples;
    return now - then > 3000 && sent > before ? ((total - sent) * (now - then)) / (sent - before) / 1000 : null;
  };
  let due = null;
  const later = () => {
    due ??= setTimeout(() => {
      due = null;
      paint();
    }, 250);
  };
  const row = (item) => {
    const line = document.createElement("li");
    const name = document.createElement("b");
    const state = document.createElement("span");
    const bar = document.createElement("progress");
    name.textContent = item.file.name;
    bar.max = item.file.size;
    bar.value = item.sent;
    bar.setAttribute("aria-label", item.file.name);
    const whole = item.sent >= item.file.size;
    state.textContent = item.waits ? words.waiting : whole ? words.finishing : filled(words.sent, { sent: size(item.sent), size: size(item.file.size) });
    line.append(name, state, bar);
    return line;
  };
  const failure = (item) => {
    const line = document.createElement("li");
    const text = document.createElement("div");
    const name = document.createElement("b");
    const why = document.createElement("p");
    const button = document.createElement("button");
    text.className = "grow";
    name.textContent = item.path;
    why.className = "soft small";
    why.textContent = item.why;
    button.type = "button";
    button.className = "button quiet";
    button.textContent = words.again;
    button.setAttribute("aria-label", `${words.again}: ${item.file.name}`);
    button.addEventListener("click", () => again([item]));
    text.append(name, why);
    line.append(text, button);
    return line;
  };
  let shownFailures = "";
  const paint = () => {
    const done = items.filter((item) => ["done", "known"].includes(item.state)).length;
    $(".sending").hidden = !running;
    const total = bytes((item) => item.file.size), sent = bytes((item) => item.sent);
    const counted = filled(words.count, { done: number(done), total: number(items.length) });
    $("[data-count]").textContent = counted;
    $(".whole").value = total ? (sent / total) * 1000 : 0;
    const left = secondsLeft(sent, total);
    const when = left === null ? "" : left < 60 ? words.moment : filled(words.minutes, { count: number(Math.ceil(left / 60)) });
    $("[data-left]").textContent = [filled(words.sent, { sent: size(sent), size: size(total) }), when].filter(Boolean).join(" · ");
    $(".in-flight").replaceChildren(...[...active].map(row));
    $(".failures").hidden = !failed.size;
    $("[data-again]").hidden = failed.size < 2;
    const failures = [...failed].map((item) => `${item.path} ${item.why}`).join("\n");
    if (failures !== shownFailures) $(".failures ul").replaceChildren(...[...failed].map(failure));
    shownFailures = failures;
    const quarter = Math.floor((4 * done) / Math.max(1, items.length));
    if (running && quarter > spoken && quarter < 4) say(counted);
    spoken = Math.max(spoken, quarter);
  };
  const settle = () => {
    const open = items.some((item) => ["waiting", "active"].includes(item.state));
    if (!running || open || queue.length) return;
    running = false;
    const done = items.filter((item) => ["done", "known"].includes(item.state)).length;
    const known = items.filter((item) => item.state === "known").length;
    const said = [
      filled(failed.size ? words.some : words.all, { done: number(done), failed: number(failed.size) }),
      known ? filled(words.known, { known: number(known) }) : "",
    ].filter(Boolean).join(" ");
    const left = $("[data-note]").textContent;
    note(left && left !== words.stopped ? `${said} ${left}` : said);
    say(said);
    paint();
  };

  // Hands.
  for (const input of card.querySelectorAll("[data-pick]")) {
    input.addEventListener("change", () => {
      const found = [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
      input.value = "";
      if (found.length) take(found);
    });
  }
  card.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  $("[data-stop]").addEventListener("click", stop);
  $("[data-again]").addEventListener("click", () => again([...failed]));
  const over = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    card.classList.toggle("over", event.type === "dragover");
  };
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => event.relatedTarget || over(event));
  document.addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    over(event);
    const { found, unread } = await dropped(event.dataTransfer);
    take(found, unread);
  });
  addEventListener("online", () => again([...failed].filter((item) => item.network)));
  addEventListener("beforeunload", (event) => running && event.preventDefault());
})();
