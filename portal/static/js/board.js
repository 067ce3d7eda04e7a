// The board: a card's menu opens beside it, and a card can be carried to another column. All of it works without script.
(() => {
  "use strict";
  const mover = document.querySelector("#mover");
  const finePointer = matchMedia("(hover: hover) and (pointer: fine)");
  let asked = null; // the link that opened the dialog
  let carried = null;

  async function ask(link, to) {
    asked = link;
    const address = new URL(link.href);
    if (to) address.searchParams.set("to", to);
    await htmx.ajax("GET", address.pathname + address.search, { target: "#move-body", swap: "outerHTML" });
    if (!mover.open) mover.showModal();
    mover.querySelector("input:checked, input[type=radio], a")?.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-move]");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      ask(link);
      return;
    }
    if (mover.open && (event.target === mover || event.target.closest("#move-body a"))) {
      event.preventDefault();
      mover.close();
    }
  });
  mover.addEventListener("close", () => asked?.isConnected && asked.focus());

  // A mouse may carry a card; everybody else has the menu.
  function enable() {
    for (const card of document.querySelectorAll(".order-card")) {
      const movable = finePointer.matches && card.querySelector("a[data-move]");
      if (movable) card.setAttribute("draggable", "true");
      for (const inner of card.querySelectorAll("a, img")) inner.setAttribute("draggable", "false");
    }
  }
  const columnAt = (event) => event.target.closest?.(".column");
  const columns = () => document.querySelector("#columns");

  function letGo() {
    carried?.classList.remove("dragging");
    carried = null;
    columns().classList.remove("carrying");
    for (const column of columns().querySelectorAll(".over, .fits")) column.classList.remove("over", "fits");
  }

  document.addEventListener("dragstart", (event) => {
    carried = event.target.closest?.(".order-card[draggable]");
    if (!carried) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried.dataset.order);
    carried.classList.add("dragging");
    columns().classList.add("carrying");
    for (const stage of carried.dataset.moves.split(" ")) {
      columns().querySelector(`.column[data-stage="${stage}"]`)?.classList.add("fits");
    }
  });
  document.addEventListener("dragover", (event) => {
    const column = carried && columnAt(event);
    if (!column) return;
    event.preventDefault();
    for (const other of columns().querySelectorAll(".over")) other.classList.remove("over");
    column.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const column = carried && columnAt(event);
    if (!column) return;
    event.preventDefault();
    const link = carried.querySelector("a[data-move]");
    const here = carried.closest(".column");
    letGo();
    if (column !== here) ask(link, column.dataset.stage);
  });
  document.addEventListener("dragend", letGo);
  document.addEventListener("live:renewed", enable);
  enable();
})();
