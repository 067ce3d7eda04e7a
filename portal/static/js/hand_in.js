/* Finished files: dropped as files or a folder, each sent by itself with its own progress, its own failure and its own
   second try. Without this script the form sends them all at once. */
"use strict";
(() => {
  const AT_ONCE = 2;
  const { dropped, filled, hidden } = window.incoming;
  const megabytes = (bytes) => `${(bytes / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;

  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const progress = form.querySelector(".progress");
  const words = progress.dataset;
  const said = progress.querySelector(".said");
  const list = progress.querySelector(".sent-files");
  const [stop, again] = [progress.querySelector(".stop"), progress.querySelector(".again")];
  const controls = form.querySelectorAll("input[type=file], .line > button");
  const jobs = []; // {file, row, bar, told, retry, state: waiting, sending, done, failed, request}
  let running = 0;

  const tell = () => {
    const done = jobs.filter((job) => job.state === "done").length;
    said.textContent = filled(words.all, { done, total: jobs.length });
    stop.hidden = !running;
    again.hidden = running > 0 || jobs.filter((job) => job.state === "failed").length < 2;
  };
  const settle = (job, state, text) => {
    job.state = state;
    job.told.textContent = text;
    job.row.dataset.state = state === "done" ? job.kind : state;
    job.bar.hidden = true;
    job.retry.hidden = state !== "failed" || job.kind === "refused";
  };
  const arrived = (job, request) => {
    let answer;
    try {
      answer = request.status === 200 ? JSON.parse(request.responseText)[0] : null;
    } catch {
      answer = null;
    }
    if (!answer) {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      return settle(job, "failed", page.querySelector("main .error p")?.textContent || words.failed);
    }
    job.kind = answer.state;
    settle(job, answer.state === "refused" ? "failed" : "done", answer.said);
  };
  const send = (job) => {
    const body = new FormData();
    body.append("csrf", form.elements.csrf.value); // first: the file is taken as it arrives
    body.append("files", job.file, job.file.name);
    const request = new XMLHttpRequest();
    Object.assign(job, { request, state: "sending", kind: "" });
    job.row.dataset.state = "sending";
    job.bar.hidden = false;
    job.bar.value = 0;
    job.retry.hidden = true;
    job.told.textContent = "";
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      job.bar.value = (event.loaded / event.total) * 100;
      if (event.loaded === event.total) job.told.textContent = words.keeping;
    });
    request.addEventListener("load", () => arrived(job, request));
    request.addEventListener("error", () => settle(job, "failed", words.failed));
    request.addEventListener("abort", () => settle(job, "failed", words.stopped));
    request.addEventListener("loadend", () => {
      running -= 1;
      next();
    });
    running += 1;
    request.send(body);
  };
  const next = () => {
    while (running < AT_ONCE) {
      const job = jobs.find((one) => one.state === "waiting");
      if (!job) break;
      send(job);
    }
    tell();
    for (const one of controls) one.disabled = running > 0;
    if (!running) ended();
  };
  const ended = async () => {
    try {
      const answer = await fetch(location.href.split("#")[0]);
      if (answer.ok) window.deskSwap(await answer.text(), true);
    } catch {
      // what arrived is safe; the page shows it when it is opened again
    }
    form.reset();
  };
  const add = (files) => {
    const fresh = files.filter((file) => !hidden(file.name));
    if (!fresh.length) return;
    progress.hidden = false;
    for (const file of fresh) {
      const row = document.createElement("li");
      const name = Object.assign(document.createElement("b"), { textContent: file.name });
      const size = Object.assign(document.createElement("span"), { className: "soft small", textContent: megabytes(file.size) });
      const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0, hidden: true });
      bar.setAttribute("aria-label", file.name);
      const told = Object.assign(document.createElement("span"), { className: "told small", textContent: words.waiting });
      const retry = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: words.again, hidden: true });
      const job = { file, row, bar, told, retry, state: "waiting", kind: "" };
      retry.addEventListener("click", () => {
        job.state = "waiting";
        next();
      });
      row.dataset.state = "waiting";
      row.append(name, size, bar, told, retry);
      list.append(row);
      jobs.push(job);
    }
    next();
  };

  stop.addEventListener("click", () => {
    for (const job of jobs) if (job.state === "waiting") settle(job, "failed", words.stopped);
    for (const job of jobs) if (job.state === "sending") job.request.abort();
  });
  again.addEventListener("click", () => {
    for (const job of jobs) if (job.state === "failed" && job.kind !== "refused") job.state = "waiting";
    next();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add([...form.elements.files.files]);
  });
  const folder = form.querySelector("[data-folder]");
  const picker = Object.assign(document.createElement("input"), { type: "file", multiple: true, webkitdirectory: true });
  picker.addEventListener("change", () => add([...picker.files]));
  folder.addEventListener("click", () => picker.click());

  const page = form.closest("main");
  const over = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return false;
    event.preventDefault();
    form.classList.toggle("over", event.type === "dragover");
    return true;
  };
  page.addEventListener("dragover", over);
  page.addEventListener("dragleave", over);
  page.addEventListener("drop", async (event) => {
    if (!over(event)) return;
    const { found, unread } = await dropped(event.dataTransfer);
    add(found.map(({ file }) => file));
    for (const path of unread) {
      progress.hidden = false;
      const row = document.createElement("li");
      row.dataset.state = "failed";
      row.append(Object.assign(document.createElement("b"), { textContent: path }), Object.assign(document.createElement("span"), { className: "told small", textContent: words.unread }));
      list.append(row);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (running) event.preventDefault();
  });
})();
