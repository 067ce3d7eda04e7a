/* Files that somebody drops, whole folders included; what a system hides in folders is left out. */
"use strict";
window.incoming = (() => {
  const hidden = (name) => name.startsWith(".") || /^(thumbs\.db|desktop\.ini)$/i.test(name);
  const read = (reader) => new Promise((done, wrong) => reader.readEntries(done, wrong));
  const fileOf = (entry) => new Promise((done, wrong) => entry.file(done, wrong));
  const below = async (entry, found, unread) => {
    if (hidden(entry.name)) return;
    const path = entry.fullPath.replace(/^\//, "");
    try {
      if (entry.isFile) return void found.push({ file: await fileOf(entry), path });
      const reader = entry.createReader(); // it gives a hundred at a time
      for (let some = await read(reader); some.length; some = await read(reader)) {
        for (const one of some) await below(one, found, unread);
      }
    } catch {
      unread.push(path); // a link to nowhere, a folder that is locked, a bad spot on the card: the others are fine
    }
  };
  // Gives what was found, {file, path} with the path from the folder that was dropped on, and the paths of what this
  // computer cannot read.
  const dropped = async (transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return { found: [...transfer.files].map((file) => ({ file, path: file.name })), unread: [] };
    const found = [], unread = [];
    for (const entry of entries) await below(entry, found, unread);
    return { found, unread };
  };
  const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  return { dropped, filled, hidden };
})();
