/* Finished files: dropped as files or a folder, sent with progress. Without this script the form sends them itself. */
"use strict";
(() => {
  const ours = (name) => !name.startsWith(".") && !/^(thumbs\.db|desktop\.ini)$/i.test(name);

  const read = (reader) => new Promise((done, failed) => reader.readEntries(done, failed));
  const fileOf = (entry) => new Promise((done, failed) => entry.file(done, failed));
  const below = async (entry) => {
    if (!ours(entry.name)) return [];
    if (entry.isFile) return [await fileOf(entry)];
    const found = [];
    const reader = entry.createReader();
    for (let some = await read(reader); some.length; some = await read(reader)) {
      for (const one of some) found.push(...(await below(one)));
    }
    return found;
  };
  const dropped = async (transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...transfer.files];
    return (await Promise.all(entries.map(below))).flat();
  };

  const megabytes = (bytes) => `${(bytes / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;
  const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  const start = (form) => {
    const progress = form.querySelector(".progress");
    const bar = progress.querySelector("progress");
    const said = progress.querySelector(".said");
    const stop = progress.querySelector(".stop");
    const controls = form.querySelectorAll("input[type=file], button[type=submit]");
    let request = null;

    const idle = (words) => {
      request = null;
      for (const one of controls) one.disabled = false;
      bar.hidden = stop.hidden = true;
      progress.hidden = !words;
      said.textContent = words ?? "";
    };
    const arrived = (answer) => {
      const page = new DOMParser().parseFromString(answer.responseText, "text/html");
      const main = page.querySelector("main.bench-page");
      if (!main) return idle(page.querySelector("main .error p")?.textContent || said.dataset.failed);
      document.querySelector("main").replaceWith(document.adoptNode(main));
      if (!new URL(answer.responseURL).pathname.endsWith("/files")) history.replaceState(null, "", answer.responseURL);
      main.focus({ preventScroll: true });
      document.dispatchEvent(new Event("desk:swapped"));
      window.scrollTo(0, 0);
      begin();
    };
    const send = (files) => {
      if (request || !files.length) return;
      const body = new FormData();
      body.append("csrf", form.elements.csrf.value); // first: the files are taken as they arrive
      for (const file of files) body.append("files", file, file.name);
      request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (event) => {
        bar.value = (event.loaded / event.total) * 100;
        const values = { sent: megabytes(event.loaded), total: megabytes(event.total) };
        said.textContent = event.loaded < event.total ? filled(said.dataset.sending, values) : said.dataset.keeping;
      });
      request.addEventListener("load", (event) => arrived(event.target));
      request.addEventListener("error", () => idle(said.dataset.failed));
      request.addEventListener("abort", () => idle());
      for (const one of controls) one.disabled = true;
      bar.value = 0;
      progress.hidden = bar.hidden = stop.hidden = false;
      request.send(body);
    };

    stop.addEventListener("click", () => request?.abort());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send([...form.elements.files.files]);
    });
    const page = form.closest("main");
    const over = (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("over", event.type === "dragover");
    };
    page.addEventListener("dragover", over);
    page.addEventListener("dragleave", over);
    page.addEventListener("drop", async (event) => {
      over(event);
      send(await dropped(event.dataTransfer));
    });
  };
  const begin = () => document.querySelectorAll("form[data-upload]").forEach(start);
  begin();
})();
