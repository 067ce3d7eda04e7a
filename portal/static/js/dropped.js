/* Files that somebody drops, whole folders included; what a system hides in folders is left out. */
"use strict";
window.incoming = (() => {
  const hidden = (name) => name.startsWith(".") || /^(thumbs\.db|desktop\.ini)$/i.test(name);
  const read = (reader) => new Promise((done, wrong) => reader.readEntries(done, wrong));
  const fileOf = (entry) => new Promise((done, wrong) => entry.file(done, wrong));
  const below = async (entry, found) => {
    if (hidden(entry.name)) return;
    if (entry.isFile) {
      found.push({ file: await fileOf(entry), path: entry.fullPath.replace(/^\//, "") });
      return;
    }
    const reader = entry.createReader(); // it gives a hundred at a time
    for (let some = await read(reader); some.length; some = await read(reader)) {
      for (const one of some) await below(one, found);
    }
  };
  // Gives {file, path}, the path from the folder that was dropped on.
  const dropped = async (transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
    const found = [];
    for (const entry of entries) await below(entry, found);
    return found;
  };
  const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  return { dropped, filled, hidden };
})();
