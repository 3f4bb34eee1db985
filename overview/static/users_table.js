// Everybody's numbers in one table: search, sort and paging happen here in the browser.
import { change, element, number, openLink, shadeOf, shownOf, stateElement } from "./cells.js";
import { mendRoles } from "./table_roles.js";
import { age, moment } from "./times.js";
import { showDetail } from "./user_detail.js";
import { pressable, viewState } from "./view.js";

const DAY = 86400;
const RIGHT = { hozAlign: "right", headerHozAlign: "right", headerSortStartingDir: "desc", cssClass: "amount-column" };
// On a phone the frozen column leaves room for the others, and numbers come before the dashboards.
const NARROW = matchMedia("(max-width: 40rem)").matches;
const EMPTY_LAST = { alignEmptyValues: "bottom" };

export function rowsOf(feed) {
  const { columns, volumes } = feed;
  const listsGiven = columns.listed.includes(1);
  return columns.user.map((user, at) => {
    const row = { user, listed: columns.listed[at] === 1 || !listsGiven, port: columns.port[at], state: columns.state[at], over: columns.over[at] === 1, oldest: null };
    volumes.forEach((volume, place) => {
      row[`gb${place}`] = volume.gb[at];
      row[`files${place}`] = volume.files[at];
      row[`week${place}`] = volume.gb_change_week[at];
      row[`weekFiles${place}`] = volume.files_change_week[at];
      row[`time${place}`] = volume.time[at];
      if (volume.full !== null) row[`full${place}`] = volume.full[at];
      const time = volume.time[at];
      if (time !== null && (row.oldest === null || time < row.oldest)) row.oldest = time;
    });
    row.hasData = row.oldest !== null;
    return row;
  }).map(noteWherePassed(volumes));
}

function noteWherePassed(volumes) {
  const passed = volumes.map((volume) => new Set(volume.passed));
  return (row, at) => {
    passed.forEach((places, place) => { if (places.has(at)) row[`passed${place}`] = true; });
    return row;
  };
}

const FILTERS = {
  all: () => true,
  "no-data": (row) => row.listed && !row.hasData,
  "not-listed": (row) => !row.listed,
  over: (row) => row.over,
};

export class UsersTable {
  constructor(place, feed) {
    this.volumes = feed.volumes.map((volume) => volume.name);
    this.widths = feed.volumes.map((volume) => ({ gb: room(volume.gb, 90), files: room(volume.files, 110), week: room(volume.gb_change_week, 128), full: room(volume.full ?? [], 84) + 12 }));
    this.limited = feed.volumes.map((volume) => volume.full !== null);
    this.opened = null;
    this.crowd = null;
    this.view = viewState({ show: "all", find: "" });
    const { show, find } = this.view.get();
    this.filter = show in FILTERS ? show : "all";
    this.search = document.getElementById("search");
    this.search.value = find || this.search.value;
    this.press = pressable("filter", this.filter, (name) => { this.filter = name; this.applyFilters(); });
    this.table = new Tabulator(place, {
      index: "user",
      data: rowsOf(feed),
      columns: this.columns(),
      layout: "fitColumns",
      pagination: true,
      paginationSize: 25,
      paginationSizeSelector: [25, 50, 100, 500],
      paginationCounter: shownOf,
      initialSort: [{ column: "gb0", dir: "desc" }],
      columnHeaderSortMulti: true,
      renderVertical: "basic",
      rowFormatter: (row) => this.formatRow(row),
      placeholder: "Nobody matches.",
      headerSortElement: () => "",
    });
    this.ready = new Promise((resolve) => this.table.on("tableBuilt", () => {
      mendRoles(this.table.element);
      this.press(this.filter);
      if (this.filter !== "all" || this.search.value !== "") this.applyFilters();
      resolve();
    }));
    this.table.on("rowClick", (event, row) => {
      if (!event.target.closest("a, .detail")) this.toggle(row.getData().user);
    });
    let waiting;
    this.search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.applyFilters(), 120);
    });
  }

  columns() {
    const volumes = this.volumes.map((volume, place) => ({
      title: "", cssClass: "volume-group", titleFormatter: () => element("span", "volume-name", volume),
      columns: [
        { title: "GiB", field: `gb${place}`, sorter: "number", sorterParams: EMPTY_LAST, ...RIGHT, minWidth: this.widths[place].gb,
          formatter: (cell) => amount(cell.getValue()) },
        { title: "Files", field: `files${place}`, sorter: "number", sorterParams: EMPTY_LAST, ...RIGHT, minWidth: this.widths[place].files,
          formatter: (cell) => files(cell) },
        ...(this.limited[place] ? [{ title: "Full", field: `full${place}`, sorter: "number", sorterParams: EMPTY_LAST, ...RIGHT, minWidth: this.widths[place].full,
          headerTooltip: "How full the fullest quota there is, of GiB or of files", formatter: (cell) => full(cell, place) }] : []),
        { title: "Week, GiB", field: `week${place}`, sorter: "number", sorterParams: EMPTY_LAST, ...RIGHT, minWidth: this.widths[place].week,
          headerTooltip: "Change of GiB in a week", formatter: (cell) => week(cell, `weekFiles${place}`) },
      ],
    }));
    const dashboards = { title: "Dashboard", field: "state", minWidth: 185, widthGrow: 1.3, formatter: (cell) => dashboard(cell.getData()),
      sorter: (a, b, one, other) => (one.getData().port ?? 1e9) - (other.getData().port ?? 1e9) };
    return [
      { title: "User", field: "user", frozen: true, minWidth: NARROW ? 118 : 230, widthGrow: 2, formatter: (cell) => this.userCell(cell) },
      ...(NARROW ? [] : [dashboards]),
      ...volumes,
      { title: "Age", field: "oldest", sorter: "number", sorterParams: EMPTY_LAST, ...RIGHT, minWidth: 104,
        headerTooltip: "How old the numbers are; the older volume counts", formatter: (cell) => this.ageCell(cell.getData()) },
      ...(NARROW ? [dashboards] : []),
    ];
  }

  userCell(cell) {
    const row = cell.getData();
    const shown = element("span", "user-cell");
    const button = element("button", "user-button");
    button.type = "button";
    button.dataset.user = row.user;
    button.setAttribute("aria-label", `History of ${row.user}`);
    button.setAttribute("aria-expanded", String(row.user === this.opened));
    const name = element("a", "user-link", row.user);
    name.href = `/users/${encodeURIComponent(row.user)}`;
    name.title = row.user;  // long names are cut
    shown.append(button, name);
    if (row.over) shown.append(tag("over quota", "A limit is passed: which one stands under Quotas, and on this user's page"));
    if (!row.listed) shown.append(tag("not listed", "Measured, but no list names this user"));
    if (!row.hasData) shown.append(tag("no data", "A list names this user, nothing was measured"));
    return shown;
  }

  ageCell(row) {
    if (row.oldest === null) return none();
    const times = this.volumes.map((_, place) => row[`time${place}`]);
    const newest = Math.max(...times.filter((time) => time !== null));
    const shown = element("span", newest - row.oldest > DAY ? "late" : "", age(row.oldest));
    shown.title = this.volumes
      .map((volume, place) => `${volume}: ${times[place] === null ? "no data" : moment(times[place])}`).join("\n");
    return shown;
  }

  formatRow(row) {
    const { user } = row.getData();
    const place = row.getElement();
    place.classList.toggle("opened", user === this.opened);
    place.querySelector(".detail")?.remove();
    if (user === this.opened) place.append(showDetail(user));
  }

  applyFilters() {
    const wanted = this.search.value.trim().toLowerCase();
    const passes = this.filter === "crowd" ? (row) => this.crowd.has(row) : FILTERS[this.filter];
    this.table.setFilter((row) => passes(row) && (!wanted || row.user.toLowerCase().includes(wanted)));
    this.view.set({ show: this.filter === "crowd" ? "all" : this.filter, find: wanted });
  }

  /** Opens the row of `user` wherever it is: clears what hides it, turns to its page, scrolls there. */
  async open(user) {
    await this.ready;
    const data = this.table.getData().find((row) => row.user === user);
    if (!data) return;
    if (this.search.value !== "" || this.filter !== "all") {
      this.search.value = "";
      this.filter = "all";
      this.press("all");
      this.applyFilters();
    }
    if (this.opened !== user) this.toggle(user);
    await this.table.setPageToRow(user);
    const place = this.table.getRow(user).getElement();
    place.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    place.querySelector(".user-button")?.focus({ preventScroll: true });
  }

  toggle(user) {
    const before = this.opened;
    this.opened = before === user ? null : user;
    this.keepingFocus(() => {
      for (const name of new Set([before, user])) {
        const row = name === null ? false : this.table.getRow(name);
        if (row) row.reformat();
      }
    });
    this.onOpened?.(this.opened);
  }

  /** Drawing rows anew replaces their buttons: the keyboard goes on where it was. */
  async keepingFocus(drawAnew) {
    const button = document.activeElement?.closest(".user-button");
    await drawAnew();
    if (!button || button.isConnected) return;
    const row = this.table.getRow(button.dataset.user);
    if (row) row.getElement().querySelector(".user-button")?.focus({ preventScroll: true });
  }

  showCrowd(volume, [count, leastGb, mostGb, leastFiles, mostFiles]) {
    const place = this.volumes.indexOf(volume);
    const within = (value, least, most) => value !== null && value >= least && value <= most;
    this.crowd = { has: (row) => within(row[`gb${place}`], leastGb, mostGb) && within(row[`files${place}`], leastFiles, mostFiles) };
    const chip = document.querySelector('[data-filter="crowd"]');
    chip.hidden = false;
    chip.textContent = `${number(leastGb)}–${number(mostGb)} GiB on ${volume} `;
    chip.append(element("b", "", number(count)));
    this.search.value = "";
    this.filter = "crowd";
    this.press("crowd");
    this.applyFilters();
    document.querySelector(".table-card").scrollIntoView({ block: "start" });
  }

  async update(feed) {
    await this.ready;
    await this.keepingFocus(() => this.table.replaceData(rowsOf(feed)));
  }
}

// No number is ever cut, a cut one reads as another: with many volumes the table scrolls sideways instead.
function room(values, least) {
  const most = values.reduce((found, value) => Math.max(found, Math.abs(value ?? 0)), 0);
  return Math.max(least, 62 + Math.ceil(8.5 * number(most).length));
}

function full(cell, place) {
  const value = cell.getValue();
  if (value === null || value === undefined) return none();
  const shown = element("span", cell.getData()[`passed${place}`] ? "full-over" : "", `${number(value)} %`);
  if (cell.getData()[`passed${place}`]) shown.title = "A limit is passed";
  return shown;
}

function none() { return element("span", "none", "–"); }
function tag(text, title) {
  const made = element("span", "tag", text);
  made.title = title;
  return made;
}
function amount(value) { return value === null ? none() : number(value); }

function files(cell) {
  const value = cell.getValue();
  if (value === null) return none();
  const step = shadeOf(value);
  return element("span", step ? `shade shade-${step}` : "", number(value));
}

function week(cell, filesField) {
  const value = cell.getValue();
  if (value === null) return none();
  const shown = element("span", value === 0 ? "none" : "", change(value));
  const changed = cell.getData()[filesField];
  if (changed !== null) shown.title = `${change(changed)} files in a week`;
  return shown;
}

function dashboard(row) {
  if (row.port === null && row.state === null) return none();
  const shown = element("span", "dashboard-cell");
  if (["ready", "starting", "asleep"].includes(row.state)) shown.append(openLink(row.user, row.port === null ? "open" : `:${row.port}`));
  else shown.append(element("span", "none", row.port === null ? "" : `:${row.port}`));
  shown.append(stateElement(row.state));
  return shown;
}
