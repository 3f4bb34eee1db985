// What Tabulator tells screen readers of its tables, put right: a grid holds rows alone, so what lies below them
// (the pages to turn) stands outside of it, and a heading over several columns is no role of its own. Its
// headings sort by the mouse alone: by the keyboard too, with Shift as a further order, as there.
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
  sortByKeys(grid);
}

function sortByKeys(grid) {
  const headings = grid.querySelector(".tabulator-header-contents");
  for (const heading of headings.querySelectorAll(".tabulator-col.tabulator-sortable[tabulator-field]")) {
    heading.tabIndex = 0;
    heading.addEventListener("focus", () => bringToSight(heading, headings, grid.querySelector(".tabulator-tableholder")));
    heading.addEventListener("keydown", (event) => {
      if (event.target !== heading || !["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      const { shiftKey, ctrlKey } = event;
      heading.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey, ctrlKey }));
    });
  }
}

// The rows scroll and take the headings along; not so when it is the headings that the browser scrolls.
function bringToSight(heading, headings, rows) {
  if (heading.classList.contains("tabulator-frozen")) return;
  const frozen = headings.querySelector(".tabulator-frozen")?.offsetWidth ?? 0;
  const { left, right } = heading.getBoundingClientRect();
  const sight = headings.getBoundingClientRect();
  const scrolled = headings.scrollLeft;
  const by = Math.min(left - sight.left - frozen, Math.max(0, right - sight.right));
  rows.scrollLeft = scrolled + by;
}
