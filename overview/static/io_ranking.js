// Who read most: tables with bars, in which rows keep their place in the page while numbers change.
import { element } from "./cells.js";
import { count, percent } from "./io_words.js";

const FIRST = 10;

export function bar(amount, most) {
  const made = element("span", "io-bar");
  made.setAttribute("aria-hidden", "true");
  const filled = element("span", "io-bar-filled");
  filled.style.width = `${most ? Math.max(0.5, 100 * amount / most) : 0}%`;
  made.append(filled);
  return made;
}

// `columns`: [{ title, text(row), link?(row) }] before operations and share. Shows ten, and the others when asked.
export class Ranking {
  constructor(place, columns, more = []) {
    this.place = place;
    this.columns = columns;
    this.more = more;
    this.isLong = false;
  }

  show({ rows, count: known }, all) {
    this.last = [{ rows, count: known }, all];
    const focused = this.place.contains(document.activeElement) ? document.activeElement.getAttribute("href") ?? "button" : null;
    const shown = this.isLong ? rows : rows.slice(0, FIRST);
    const table = element("table", "plain io-ranking");
    const head = table.createTHead().insertRow();
    for (const [title, className] of [["", "io-rank"], ...this.columns.map(({ title, link }) => [title, link ? "" : "io-cut hint"]), ...this.more.map(({ title }) => [title, "right"]), ["Operations", "right"], ["Share", "right"], ["", "io-bar-cell"]]) {
      const cell = element(title ? "th" : "td", className, title);
      if (title) cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    const most = rows.length ? rows[0].total : 0;
    shown.forEach((row, at) => body.append(this.row(row, at, most, all)));
    const parts = [table];
    if (rows.length > FIRST) parts.push(this.button(rows.length, known));
    if (rows.length === 0) parts[0] = element("p", "hint io-none", "Nobody read anything in this range.");
    this.place.replaceChildren(...parts);
    if (focused) [...this.place.querySelectorAll("a, button")].find((one) => (one.getAttribute("href") ?? "button") === focused)?.focus();
  }

  row(row, at, most, all) {
    const line = element("tr");
    line.append(element("td", "io-rank hint numbers", String(at + 1)));
    for (const { text, link } of this.columns) {
      const cell = element("td", link ? "io-cut" : "hint io-cut");
      const inner = element(link ? "a" : "span", "", text(row));
      if (link) inner.href = link(row);
      inner.title = text(row);
      cell.append(inner);
      line.append(cell);
    }
    for (const { text } of this.more) line.append(element("td", "right numbers", text(row)));
    const share = element("td", "io-bar-cell");
    share.append(bar(row.total, most));
    line.append(element("td", "right numbers", count(row.total)), element("td", "right numbers nowrap", percent(row.total, all)), share);
    return line;
  }

  button(there, known) {
    const more = element("button", "button quiet io-more", this.isLong ? `Show the first ${FIRST}` : `Show ${there < known ? `the first ${there}` : `all ${there}`}`);
    more.type = "button";
    more.setAttribute("aria-expanded", String(this.isLong));
    more.addEventListener("click", () => { this.isLong = !this.isLong; this.show(...this.last); });
    return more;
  }
}

export const userLink = (name) => `/io/users/${encodeURIComponent(name)}`;
export const machineLink = (type, name) => `/io/machines/${encodeURIComponent(type)}/${encodeURIComponent(name)}`;
