"use strict";
const table = document.querySelector("table");
if (table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const headers = [...table.tHead.rows[0].cells];
  const collator = new Intl.Collator(undefined, { numeric: true });
  const next = { none: "ascending", ascending: "descending", descending: "none" };
  // Numbers come before texts; empty cells come last in both directions.
  const key = (row, column) => {
    const cell = row.cells[column];
    const text = (cell.dataset.sort ?? cell.textContent).trim();
    const number = cell.className === "number" ? Number(text) : NaN;
    return { row, text, number, rank: text === "" ? 2 : Number.isNaN(number) ? 1 : 0 };
  };
  const compare = (a, b) => a.rank === 0 ? a.number - b.number : collator.compare(a.text, b.text);
  headers.forEach((header, column) => header.firstElementChild.addEventListener("click", () => {
    const order = next[header.getAttribute("aria-sort")];
    headers.forEach((other) => other.setAttribute("aria-sort", other === header ? order : "none"));
    const sign = order === "descending" ? -1 : 1;
    const keys = rows.map((row) => key(row, column));
    if (order !== "none") {
      keys.sort((a, b) => a.rank === 2 || b.rank === 2 ? a.rank - b.rank : sign * (a.rank - b.rank || compare(a, b)));
    }
    body.append(...keys.map(({ row }) => row));
  }));
}
