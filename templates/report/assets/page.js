"use strict";
// Sorting and finding only: the page is complete without it.
(() => {
  const value = (row, column) => {
    const cell = row.cells[column];
    const text = (cell.dataset.v ?? cell.textContent).trim();
    const number = Number(text.replace(/[,%\s]/g, ""));
    return text === "" || text === "–" ? null : Number.isNaN(number) ? text.toLowerCase() : number;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  for (const table of document.querySelectorAll("table[data-sort]")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...table.tBodies[0].rows].map((row) => [value(row, column), row]);
        rows.sort(([a], [b]) => (a === null ? 1 : 0) - (b === null ? 1 : 0) || (up ? 1 : -1) * compare(a, b));
        table.tBodies[0].append(...rows.map(([, row]) => row));
      });
    });
  }
  for (const list of document.querySelectorAll("[data-filter]")) {
    const part = list.closest("section");
    const items = [...part.querySelectorAll(".column, tbody tr")];
    if (items.length < 10) continue;
    const label = document.createElement("label");
    const field = document.createElement("input");
    label.className = "find";
    field.type = "search";
    label.append(list.dataset.filter, field);
    list.before(label);
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      for (const item of items) {
        const name = item.querySelector("bdi");
        item.hidden = wanted !== "" && !name.textContent.toLowerCase().includes(wanted);
      }
      for (const fold of part.querySelectorAll("details")) {
        if (wanted && fold.querySelector(".column:not([hidden]), tbody tr:not([hidden])")) fold.open = true;
      }
    });
  }
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.fold:not([open]), .decisions details:not([open])")];
    opened.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));
})();
