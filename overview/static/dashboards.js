// Everybody's dashboard in one table.
import { element, number, openLink, shownOf, stateElement } from "./cells.js";
import { watchFeed } from "./feed.js";
import { mendRoles } from "./table_roles.js";
import { age, ago, moment } from "./times.js";
import { pressable } from "./view.js";

const place = document.getElementById("dashboards-table");
const search = document.getElementById("search");
const NARROW = matchMedia("(max-width: 40rem)").matches;
const RIGHT = { hozAlign: "right", headerHozAlign: "right", cssClass: "amount-column" };
const EMPTY_LAST = { alignEmptyValues: "bottom" };
let table = null;
let filter = "all";

const none = () => element("span", "none", "–");
const seconds = (iso) => (iso === null ? null : Date.parse(iso) / 1000);

function rowsOf({ dashboards }) {
  return dashboards.map((one) => ({ ...one, started: seconds(one.started_at), seen: seconds(one.seen_at), visited: seconds(one.last_visit_at) }));
}

function timeCell(value, how) {
  if (value === null) return none();
  const shown = element("span", "", how(value));
  shown.title = moment(value);
  return shown;
}

function address(row) {
  if (row.url === null) return element("span", "none", row.port === null ? "–" : `:${row.port}, never seen`);
  if (["ready", "starting", "asleep"].includes(row.state)) return openLink(row.user, row.url);
  return element("span", "none", row.url);
}

function userCell(row) {
  const shown = element("span", "user-cell");
  const name = element("a", "user-name", row.user);
  name.href = `/users/${encodeURIComponent(row.user)}`;
  name.title = row.user;  // long names are cut
  shown.append(name);
  if (!row.listed) {
    const tag = element("span", "tag", "not listed");
    tag.title = "The newest lists do not name this user";
    shown.append(tag);
  }
  return shown;
}

const COLUMNS = [
  { title: "User", field: "user", frozen: true, minWidth: NARROW ? 118 : 180, widthGrow: 1.2, formatter: (cell) => userCell(cell.getData()) },
  { title: "State", field: "state", minWidth: 134, formatter: (cell) => stateElement(cell.getValue()) },
  { title: "Address", field: "url", minWidth: 190, widthGrow: 1.6, sorter: (a, b, one, other) => (one.getData().port ?? 1e9) - (other.getData().port ?? 1e9), formatter: (cell) => address(cell.getData()) },
  { title: "Up for", field: "started", sorter: "number", sorterParams: EMPTY_LAST, ...RIGHT, minWidth: 104, formatter: (cell) => (cell.getData().state === "ready" ? timeCell(cell.getValue(), age) : none()) },
  { title: "Memory", field: "memory_bytes", sorter: "number", sorterParams: EMPTY_LAST, ...RIGHT, minWidth: 114,
    formatter: (cell) => (cell.getValue() === null ? none() : `${(cell.getValue() / 2 ** 20).toFixed(1)} MiB`) },
  { title: "Last visit", field: "visited", sorter: "number", sorterParams: EMPTY_LAST, ...RIGHT, minWidth: 126,
    headerTooltip: "When the user last opened it; visits of admins do not count", formatter: (cell) => timeCell(cell.getValue(), ago) },
  { title: "Error", field: "error", minWidth: 200, widthGrow: 2.6, variableHeight: true, formatter: (cell) => cell.getValue() === null ? none() : errorCell(cell.getValue()) },
  { title: "Image", field: "image", minWidth: 130, widthGrow: 1, formatter: (cell) => cell.getValue() === null ? none() : element("span", "", cell.getValue()) },
  { title: "Seen", field: "seen", sorter: "number", sorterParams: EMPTY_LAST, ...RIGHT, minWidth: 116, formatter: (cell) => timeCell(cell.getValue(), ago) },
];

function errorCell(text) {
  const shown = element("span", "error-text", text);
  shown.title = text;
  return shown;
}

function applyFilters() {
  const wanted = search.value.trim().toLowerCase();
  const texts = (row) => [row.user, row.url, row.image, row.error, row.container, row.node];
  table.setFilter((row) => (filter === "all" || (row.state ?? "never seen") === filter)
    && (!wanted || texts(row).some((text) => text !== null && text.toLowerCase().includes(wanted))));
}

// The states of the chips count what is there now; a state that appeared gets its chip with the next visit.
function countStates(rows) {
  for (const chip of document.querySelectorAll("[data-filter]")) {
    const count = rows.filter((row) => chip.dataset.filter === "all" || (row.state ?? "never seen") === chip.dataset.filter).length;
    chip.querySelector("b").textContent = number(count);
  }
}

async function onFeed(feed) {
  countStates(feed.dashboards);
  if (table !== null) {
    await table.replaceData(rowsOf(feed));
    return;
  }
  table = new Tabulator(place, {
    index: "user", data: rowsOf(feed), columns: COLUMNS, layout: "fitColumns",
    pagination: true, paginationSize: 50, paginationSizeSelector: [50, 100, 500], paginationCounter: shownOf,
    renderVertical: "basic", placeholder: "No dashboard matches.", headerSortElement: () => "",
    initialSort: [{ column: "user", dir: "asc" }],
  });
  await new Promise((resolve) => table.on("tableBuilt", resolve));
  mendRoles(table.element);
  pressable("filter", "all", (name) => { filter = name; applyFilters(); });
  let waiting;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(applyFilters, 120); });
}

if (place !== null) watchFeed("/api/dashboards", onFeed, { topics: ["dashboards"] });
