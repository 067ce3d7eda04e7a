/* Saving on a phone: the system's own sheet puts a photo into the album. Without it the links download as ever. */
"use strict";
(() => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.querySelector(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.focus();
      field.select();
      try {
        await navigator.clipboard.writeText(field.value); // not there on plain http
      } catch {
        if (!document.execCommand("copy")) return; // it stays selected: the phone's own menu copies it
      }
      button.querySelector("span").textContent = button.dataset.copied;
    });
  }

  const sheet = () => {
    if (!navigator.canShare || !navigator.maxTouchPoints) return false;
    try {
      return navigator.canShare({ files: [new File(["x"], "x.jpg", { type: "image/jpeg" })] });
    } catch {
      return false;
    }
  };
  if (!sheet()) return;

  const fetched = async (address, name, tell) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    const whole = Number(answer.headers.get("content-length")) || 0;
    const parts = [];
    let had = 0;
    for (const reader = answer.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      had += value.length;
      if (whole) tell(had / whole);
    }
    return new File(parts, name, { type: answer.headers.get("content-type") || "image/jpeg" });
  };

  for (const link of document.querySelectorAll("a[data-save]")) {
    const word = link.querySelector(".word");
    const bar = link.querySelector("progress");
    let file = null;
    let busy = false;
    const widths = ["again", "done", "failed", "album"].map((kind) => {
      word.textContent = link.dataset[kind];
      return word.getBoundingClientRect().width;
    });
    word.style.minWidth = `${Math.ceil(Math.max(...widths))}px`; // whatever it says, the icon beside it stays
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      try {
        if (!file) {
          bar.hidden = false;
          file = await fetched(link.href, link.download, (part) => { bar.value = part; });
          bar.hidden = true;
        }
        if (!navigator.canShare({ files: [file] })) return location.assign(link.href);
        await navigator.share({ files: [file] });
        word.textContent = link.dataset.done;
        file = null;
      } catch (wrong) {
        bar.hidden = true;
        // The tap is too long ago for the sheet: the photo is here, the next tap opens it.
        if (wrong.name === "NotAllowedError" && file) word.textContent = link.dataset.again;
        else if (wrong.name === "AbortError") word.textContent = link.dataset.album;
        else word.textContent = link.dataset.failed;
      } finally {
        busy = false;
      }
    });
  }
})();
