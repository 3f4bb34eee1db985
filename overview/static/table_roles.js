// What Tabulator tells screen readers of its tables, put right: a grid holds rows alone, so what lies below them
// (the pages to turn) stands outside of it, and a heading over several columns is no role of its own.
export function mendRoles(outer) {
  const grid = document.createElement("div");
  grid.className = "table-grid";
  grid.setAttribute("role", "grid");
  if (outer.hasAttribute("aria-label")) grid.setAttribute("aria-label", outer.getAttribute("aria-label"));
  outer.querySelector(".tabulator-header").before(grid);
  grid.append(outer.querySelector(".tabulator-header"), outer.querySelector(".tabulator-tableholder"));
  // The part that scrolls can have the focus, so it is the group of rows itself.
  outer.querySelector(".tabulator-tableholder").setAttribute("role", "rowgroup");
  outer.querySelector(".tabulator-table").setAttribute("role", "presentation");
  for (const name of ["role", "aria-owns"]) outer.removeAttribute(name);
  for (const group of outer.querySelectorAll(".tabulator-col-group")) {
    group.setAttribute("role", "presentation");
    for (const name of ["aria-sort", "aria-title"]) group.removeAttribute(name);
  }
}
