// One photo, large: over the gallery or as a page of its own. Swipe, pinch, two taps, arrows; a tap leaves a remark.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const { note, template } = window.gallery;
  const viewer = $("#viewer");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const GAP = 24;
  let page = $(".view-page"), zoom = null, turning = false, direction = "", next = "";

  // Ratios as the style sheet knows them.
  const ratioClass = (width, height) => {
    const part = Math.max(10, Math.min(1200, Math.round((100 * width) / height)));
    const step = part <= 200 ? 1 : part <= 300 ? 5 : 20;
    return `r-${String(Math.round(part / step) * step).padStart(3, "0")}`;
  };
  const big = (frame) => frame.querySelector("img:last-of-type");

  // The pictures of the page that comes are taken out while nothing loads them yet: those here are the same.
  const read = async (address, frame) => {
    const answer = await fetch(address, { headers: { "HX-Request": "true", Accept: "text/html" }, signal: AbortSignal.timeout(20000) });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = fresh.querySelector(".view-page");
    if (found) {
      const large = found.querySelector("#frame img:last-of-type");
      if (large.getAttribute("src") === big(frame)?.getAttribute("src")) large.parentElement.querySelectorAll("img").forEach((one) => one.remove());
      return document.adoptNode(found);
    }
    note(fresh.querySelector(".note") && document.adoptNode(fresh.querySelector(".note")));
    return null;
  };

  // The page that arrived takes over the pictures that are there already.
  const mount = (fresh, frame) => {
    const target = fresh.querySelector("#frame");
    if (!target.querySelector("img")) target.prepend(...frame.querySelectorAll("img"));
    page.replaceWith(fresh);
    page = fresh;
    window.htmx?.process(page);
    document.title = page.dataset.title;
    begin();
    page.querySelector("h1").focus({ preventScroll: true });
  };

  // The photo beside this one: loaded when a finger or a key turns to it, and then ahead of the way one goes.
  function slide(name) {
    const known = page.querySelector(`.beside-${name}`);
    if (known) return void (known.hidden = false) ?? known;
    const kept = page.querySelector(`template[data-beside="${name}"]`);
    if (!kept) return null;
    const made = document.importNode(kept.content, true).firstElementChild;
    made.classList.add("beside-photo", `beside-${name}`);
    page.querySelector(".stage").append(made);
    return made;
  }
  const ahead = () => {
    const picture = big($("#frame"));
    const load = () => {
      const made = direction && !navigator.connection?.saveData && page.contains(picture) && slide(direction);
      if (made) made.hidden = made !== zoom.beside;
    };
    picture.complete ? load() : picture.addEventListener("load", load, { once: true });
  };

  async function turn(name) {
    const link = page.querySelector(`[data-turn="${name}"]`);
    if (turning) return void (next = name);
    const frame = slide(name);
    if (!link || !frame) return zoom.settle();
    turning = true;
    page.setAttribute("aria-busy", "true");
    const width = (name === "after" ? 1 : -1) * (page.querySelector(".stage").clientWidth + GAP);
    if (!frame.style.transform) frame.style.transform = `translate(${width}px, 0)`;
    Object.assign(zoom, { scale: 1, x: 0, y: 0, dragged: -width, beside: frame });
    const glide = () => new Promise((done) => {
      frame.getBoundingClientRect();
      frame.classList.add("gliding");
      zoom.draw(true);
      frame.style.transform = "translate(0, 0)";
      setTimeout(done, calm.matches ? 0 : 200);
    });
    try {
      const [fresh] = await Promise.all([read(link.href, frame), glide()]);
      if (!fresh) throw new Error("gone");
      frame.classList.remove("gliding", "beside-photo", `beside-${name}`);
      frame.style.transform = "";
      direction = name;
      mount(fresh, frame);
      history.replaceState(history.state, "", link.href);
    } catch (problem) {
      if (problem.message !== "gone") note(template("offline"));
      frame.style.transform = "";
      zoom.settle();
      page.removeAttribute("aria-busy");
    }
    turning = false;
    const wanted = next;
    next = "";
    if (wanted) turn(wanted);
  }

  // Remarks: a tap marks the place; a tap on a ring opens what it says.
  const sheet = () => page.querySelector("#sheet");
  const remarkAt = (x, y) => [...page.querySelectorAll("#remarks li[data-x]")].find((one) => {
    const box = $("#frame").getBoundingClientRect();
    return Math.hypot(box.left + one.dataset.x * box.width - x, box.top + one.dataset.y * box.height - y) < 24;
  });
  function touched(x, y) {
    const box = $("#frame").getBoundingClientRect();
    const known = remarkAt(x, y);
    if (known) return known.hasAttribute("data-mine") ? edit(known) : point(known);
    const part = (value, start, length) => Math.min(1, Math.max(0, (value - start) / length));
    if (sheet()) openSheet(part(x, box.left, box.width), part(y, box.top, box.height));
  }
  const point = (remark) => {
    remark.scrollIntoView({ block: "center", behavior: calm.matches ? "instant" : "smooth" });
    remark.classList.add("pointed");
    setTimeout(() => remark.classList.remove("pointed"), 1600);
  };
  const prepare = (address, words) => {
    const form = sheet().querySelector("form");
    form.setAttribute("action", address);
    form.setAttribute("hx-post", address);
    form.dataset.address = address;
    window.htmx?.process(form);
    page.querySelector("#sheet-title").textContent = words;
    return form;
  };
  function openSheet(x, y, typing = false) {
    const title = page.querySelector("#sheet-title");
    const form = prepare(sheet().querySelector("form").dataset.new, title.dataset.new);
    if (form.dataset.for) form.reset();
    form.dataset.for = "";
    form.elements.x.value = x === null ? "" : x.toFixed(4);
    form.elements.y.value = y === null ? "" : y.toFixed(4);
    sheet().showModal();
    (typing ? form.elements.body : title).focus({ preventScroll: true });
    ring(x, y);
  }
  function edit(remark) {
    const title = page.querySelector("#sheet-title");
    const form = prepare(remark.querySelector("[data-edit]").dataset.edit, title.dataset.change.replace("{n}", remark.dataset.n));
    const chips = remark.dataset.chips.split(" ");
    if (form.dataset.for !== remark.id || !form.hasAttribute("data-unsent")) {
      form.reset();
      form.dataset.for = remark.id;
      for (const one of form.querySelectorAll("[name=chips]")) one.checked = chips.includes(one.value);
      form.elements.body.value = remark.dataset.body;
    }
    sheet().showModal();
  }
  function ring(x, y) {
    const mark = page.querySelector("#ring-next");
    if (!mark) return;
    mark.toggleAttribute("hidden", x === null);
    if (x === null) return;
    for (const [name, value] of [["cx", x], ["cy", y]]) mark.querySelector("circle").setAttribute(name, `${100 * value}%`);
    for (const [name, value] of [["x", x], ["y", y]]) mark.querySelector("text").setAttribute(name, `${100 * value}%`);
    const box = $("#frame").getBoundingClientRect();
    const below = box.top + y * box.height - (sheet().getBoundingClientRect().top - 48);
    const scroller = viewer?.open ? viewer : window;
    if (below > 0 && innerWidth < 1000) scroller.scrollBy({ top: below, behavior: calm.matches ? "instant" : "smooth" });
  }
  document.addEventListener("close", (event) => {
    if (event.target.id === "sheet") page?.querySelector("#ring-next")?.setAttribute("hidden", "");
  }, { capture: true });
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (sourceElement?.dataset?.address) request.action = sourceElement.dataset.address;
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (!sourceElement?.matches?.("#sheet form")) return;
    sourceElement.toggleAttribute("data-unsent", response.status >= 400);
    if (response.status < 400) sourceElement.reset();
    sheet()?.close(); // a word about what went wrong stands under the photo; what was written waits in the sheet
  });

  document.addEventListener("click", (event) => {
    if (!page) return;
    const change = event.target.closest("[data-edit]");
    if (change) {
      event.preventDefault();
      return edit(change.closest("li"));
    }
    if (event.target.closest("[data-remark]") && sheet()) {
      event.preventDefault();
      return openSheet(null, null);
    }
    const link = event.target.closest(".view-page [rel=prev], .view-page [rel=next]");
    if (link && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      turn(link.rel === "next" ? "after" : "before");
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!page || event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog.sheet:modal")) return;
    if (event.target.closest("input, textarea, select")) return;
    const act = { ArrowLeft: () => turn("before"), ArrowRight: () => turn("after"), h: () => page.querySelector(".deed.pick")?.click(),
      r: () => sheet() && openSheet(null, null, true), c: () => page.querySelector(".compare")?.click(), "+": () => centre(1.6), "=": () => centre(1.6), "-": () => centre(1 / 1.6) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const centre = (grow) => {
    const box = page.querySelector(".stage").getBoundingClientRect();
    zoom.to(zoom.scale * grow, box.left + box.width / 2, box.top + box.height / 2, true);
  };

  function begin() {
    const stage = page.querySelector(".stage");
    zoom = new window.gallery.Fingers(stage, stage.querySelector(".frame"), { slide, turn, touched });
    if (direction) ahead();
  }
  if (page) begin();
  if (!viewer) return;

  // Over the gallery: one tap opens it, Back shuts it, the place below stays.
  const tileOf = (photo) => document.getElementById(`p-${photo}`);
  const smoothly = (change, from, to) => {
    if (calm.matches || !document.startViewTransition || !from) return change();
    from.style.viewTransitionName = "photo";
    const moving = document.startViewTransition(() => {
      from.style.viewTransitionName = "";
      change();
      const last = to();
      if (last) last.style.viewTransitionName = "photo";
    });
    const done = () => {
      const last = to();
      if (last) last.style.viewTransitionName = "";
    };
    for (const step of [moving.ready, moving.updateCallbackDone]) step.catch(() => {});
    moving.finished.then(done, done);
  };

  const shell = (link) => {
    const grid = link.querySelector("img:last-of-type");
    const [width, height] = [grid.getAttribute("width"), grid.getAttribute("height")];
    const made = document.createElement("div");
    made.className = "view-page";
    made.innerHTML = '<header class="view-top"></header><div class="stage"><div id="frame"></div></div><section class="view-bar"></section><section class="beneath"></section>';
    const frame = made.querySelector("#frame");
    frame.className = `frame ${ratioClass(width, height)}`;
    const large = new Image(width, height);
    large.fetchPriority = "high";
    large.alt = grid.alt;
    const files = grid.getAttribute("src").replace(/[^/]+$/, link.dataset.open);
    const fitted = (side) => Math.max(1, Math.round(width * Math.min(1, side / Math.max(width, height))));
    if (fitted(1080) < fitted(2048)) { // as _macros/pictures.html writes it: the same file, fetched once
      large.sizes = "(max-width: 799px) 100vw, 2048px";
      large.srcset = `${files}-phone ${fitted(1080)}w, ${files} ${fitted(2048)}w`;
    }
    large.src = files;
    const near = grid.cloneNode();
    near.removeAttribute("id");
    near.alt = "";
    large.addEventListener("load", () => near.remove(), { once: true });
    frame.append(link.querySelector(".hash").cloneNode(), ...(grid.complete && grid.naturalWidth ? [near] : []), large);
    return made;
  };

  const open = (link) => {
    direction = next = "";
    page = shell(link);
    const frame = page.querySelector("#frame");
    smoothly(() => {
      viewer.replaceChildren(page);
      viewer.showModal();
    }, link.querySelector("img:last-of-type"), () => viewer.querySelector("#frame"));
    read(link.href, frame).then((fresh) => {
      if (!viewer.open || !viewer.contains(page)) return;
      fresh ? mount(fresh, frame) : shut();
    }, () => {
      shut();
      note(template("offline"));
    });
  };
  const shut = () => {
    if (history.state?.viewer) history.back();
    else put();
  };
  const put = () => {
    if (!viewer.open) return;
    const frame = viewer.querySelector("#frame");
    const tile = tileOf(page?.dataset.photo);
    const box = tile?.getBoundingClientRect();
    if (box && (box.bottom < 0 || box.top > innerHeight)) tile.scrollIntoView({ block: "center", behavior: "instant" });
    smoothly(() => {
      viewer.close();
      viewer.replaceChildren();
      page = null;
      tile?.querySelector("a")?.focus({ preventScroll: true });
    }, box && frame, () => tile?.querySelector("img:last-of-type"));
    document.title = before;
  };
  const before = document.title;

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-open]");
    if (link && !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      history.pushState({ viewer: true }, "", link.href);
      open(link);
    }
    if (viewer.open && event.target.closest("[data-shut]")) {
      event.preventDefault();
      shut();
    }
  });
  viewer.addEventListener("cancel", (event) => {
    if (event.target !== viewer) return;
    event.preventDefault();
    shut();
  });
  addEventListener("popstate", (event) => {
    if (!event.state?.viewer) return put();
    const link = document.querySelector(`a[data-open][href^="${location.pathname}"]`);
    if (!viewer.open && link) open(link);
  });
})();
