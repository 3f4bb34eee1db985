// A plain table whose rows have keys: what did not change stays as it is, so that focus, selection and opened
// rows outlive an update.
import { element } from "./cells.js";

const LONG = 24;

// `columns`: [{ title, cell(row) -> node or text, right, sort (what it is sorted by, if it can be), head }];
// `detail(row)` gives what opens below a row: the first cell is then a button.
export class KeyedTable {
  constructor(place, { label, columns, keyOf, onSort, detail, empty }) {
    Object.assign(this, { columns, keyOf, onSort, detail, empty });
    this.rows = new Map();
    this.opened = new Map();
    this.table = element("table", "plain keyed");
    this.table.append(element("caption", "visually-hidden", label));
    this.heads = new Map();
    const head = element("tr");
    for (const column of columns) head.append(this.headOf(column));
    this.table.append(element("thead"), element("tbody"));
    this.table.tHead.append(head);
    this.body = this.table.tBodies[0];
    place.replaceChildren(this.table);
  }

  headOf(column) {
    const head = element("th", column.right ? "right" : "");
    head.scope = "col";
    if (column.head) head.title = column.head;
    if (!column.sort) {
      head.textContent = column.title;
      return head;
    }
    const button = element("button", "sort", column.title);
    button.type = "button";
    button.addEventListener("click", () => this.onSort(column.sort, column.right === true));
    head.append(button);
    this.heads.set(column.sort, head);
    return head;
  }

  sortedBy(name, descending) {
    for (const [sort, head] of this.heads) {
      if (sort === name) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  }

  show(data) {
    const wanted = new Map(data.map((row) => [this.keyOf(row), row]));
    for (const [key, shown] of this.rows) {
      if (wanted.has(key)) continue;
      shown.remove();
      this.rows.delete(key);
      this.opened.get(key)?.remove();
      this.opened.delete(key);
    }
    const focused = document.activeElement;
    let last = null;
    for (const [key, row] of wanted) {
      const shown = this.rows.get(key) ?? this.fresh(key);
      this.fill(shown, row, key);
      last = this.place(shown, last);
      const detail = this.opened.get(key);
      if (detail) last = this.place(detail, last);
    }
    if (focused !== document.activeElement && this.table.contains(focused)) focused.focus({ preventScroll: true });
    this.emptyRow?.remove();
    if (data.length === 0 && this.empty) {
      this.emptyRow = element("tr");
      const cell = element("td", "hint", this.empty);
      cell.colSpan = this.columns.length;
      this.emptyRow.append(cell);
      this.body.append(this.emptyRow);
    }
  }

  place(shown, after) {
    const there = after === null ? this.body.firstChild : after.nextSibling;
    if (there !== shown) this.body.insertBefore(shown, there);
    return shown;
  }

  fresh(key) {
    const shown = element("tr");
    this.columns.forEach((column) => shown.append(element("td", [column.right && "right numbers", column.kind].filter(Boolean).join(" "))));
    this.rows.set(key, shown);
    if (this.detail) shown.addEventListener("click", (event) => {
      if (!event.target.closest("a") && getSelection().isCollapsed) this.toggle(key);
    });
    return shown;
  }

  fill(shown, row, key) {
    shown.usermonRow = row;
    this.columns.forEach((column, at) => {
      const cell = shown.cells[at];
      const made = column.cell(row);
      const content = at === 0 && this.detail ? this.opener(made, this.opened.has(key)) : made;
      const fresh = content instanceof Node ? content : document.createTextNode(content);
      if (cell.firstChild?.isEqualNode(fresh)) return;
      cell.replaceChildren(fresh);
      cell.title = cell.textContent.length > LONG ? cell.textContent : ""; // the style cuts it
    });
  }

  opener(content, isOpen) {
    const button = element("button", "row-button");
    button.type = "button";
    button.append(content);
    button.setAttribute("aria-expanded", String(isOpen));
    return button;
  }

  toggle(key) {
    const shown = this.rows.get(key);
    const detail = this.opened.get(key);
    if (detail) {
      detail.remove();
      this.opened.delete(key);
    } else {
      const row = element("tr", "detail-row");
      const cell = element("td");
      cell.colSpan = this.columns.length;
      cell.append(this.detail(shown.usermonRow));
      row.append(cell);
      shown.after(row);
      this.opened.set(key, row);
    }
    shown.classList.toggle("opened", !detail);
    shown.cells[0].querySelector(".row-button")?.setAttribute("aria-expanded", String(!detail));
  }
}
