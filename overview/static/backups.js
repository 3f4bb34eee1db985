// The backups page: the grid stands already, the feed writes what changed, lists what is wrong, and draws.
import { dayBars } from "./backup_plots.js";
import { element, number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { setStatus, statusElement } from "./status.js";
import { timeElement } from "./times.js";
import { pressable, viewState } from "./view.js";

const USUAL = { wrong: "all", span: "90" };
const KINDS = { ok: "ok", warn: "warning", alarm: "serious" };
const WORDS = { ok: "ok", warn: "warning", alarm: "alarm" };

const byId = (id) => document.getElementById(id);
const view = viewState(USUAL);
const chosen = view.get();
let newest = null;

if (byId("grid") === null) {
  watchFeed("/backups/board.json", (feed) => { if (feed.rows.length > 0) location.reload(); }, { topics: ["backups"] });
} else {
  pressable("wrong", chosen.wrong, (wrong) => choose({ wrong }), byId("wrong-chips"));
  pressable("span", chosen.span, (span) => choose({ span }), byId("spans"));

  function choose(changed) {
    view.set(changed);
    if (newest === null) return;
    if ("wrong" in changed) showWrong(newest.wrong);
    if ("span" in changed) showDays(newest.daily);
  }

  watchFeed("/backups/board.json", async (feed) => {
    if (!showGrid(feed)) {
      location.reload(); // a hub or a node that the page does not know: it is laid out anew
      return;
    }
    const before = newest;
    newest = feed;
    showSums(feed);
    if (JSON.stringify(before?.wrong) !== JSON.stringify(feed.wrong)) showWrong(feed.wrong);
    if (JSON.stringify(before?.daily) !== JSON.stringify(feed.daily)) await showDays(feed.daily);
  }, { topics: ["backups"] });
}

/** False when the grid has not the places for all that there is. */
function showGrid({ rows, nodes }) {
  const known = [...document.querySelectorAll("#grid tr[data-hub]")];
  const lines = new Map(known.map((line) => [line.dataset.hub, line]));
  if (lines.size !== rows.length || document.querySelectorAll("#grid thead th").length !== nodes.length + 1) return false;
  for (const row of rows) {
    const line = lines.get(row.hub);
    if (line === undefined) return false;
    const head = line.querySelector("th");
    setStatus(head.querySelector(".state"), KINDS[row.status], WORDS[row.status]);
    head.querySelector('[data-part="words"]').textContent = row.words;
    const places = new Map([...line.querySelectorAll("[data-node]")].map((place) => [place.dataset.node, place]));
    const cells = row.cells.filter((cell) => cell !== null);
    if (cells.length !== places.size || cells.some(({ node }) => !places.has(node))) return false;
    for (const cell of cells) showCell(places.get(cell.node), cell);
  }
  return true;
}

function showCell(place, cell) {
  place.className = `cell cell-${KINDS[cell.status]}`;
  setStatus(place.querySelector(".state"), KINDS[cell.status], WORDS[cell.status]);
  const age = place.querySelector('[data-part="newest"]');
  age.replaceChildren(...(cell.newest === null ? ["no tarball"] : ["newest ", timeElement(cell.newest, "ago")]));
  const words = place.querySelector('[data-part="words"]');
  words.replaceChildren(cell.words);
  if (cell.words !== "" && cell.more > 0) words.append(" ", element("span", "hint nowrap", `and ${number(cell.more)} more`));
}

function showSums({ counts, items, tarballs, size, unlisted, newest: time }) {
  const sum = (name, text) => { document.querySelector(`[data-sum="${name}"]`).textContent = text; };
  for (const [status, count] of Object.entries(counts)) sum(status, number(count));
  sum("items", number(items));
  sum("tarballs", number(tarballs));
  sum("size", size);
  sum("unlisted", number(unlisted));
  byId("unlisted").hidden = unlisted === 0;
  document.querySelector('[data-alarming="alarm"]').classList.toggle("stat-bad", counts.alarm > 0);
  document.querySelector('[data-alarming="warn"]').classList.toggle("stat-warn", counts.warn > 0);
  if (time !== null) {
    const age = element("span", "nowrap");
    age.append(timeElement(time, "ago"));
    byId("freshness").replaceChildren("Newest tarball ", timeElement(time, "time"), ", ", age);
  }
}

function showWrong(wrong) {
  const shown = wrong.filter((one) => chosen.wrong === "all" || one.status === chosen.wrong);
  byId("wrong").hidden = wrong.length === 0;
  byId("all-well").hidden = wrong.length > 0;
  const counts = { all: wrong.length, alarm: 0, warn: 0 };
  for (const { status } of wrong) counts[status] += 1;
  for (const [name, count] of Object.entries(counts)) document.querySelector(`[data-count="${name}"]`).textContent = number(count);
  byId("wrong").querySelector("tbody").replaceChildren(...shown.map((one) => {
    const line = element("tr");
    const state = element("td");
    state.append(statusElement(KINDS[one.status], WORDS[one.status]));
    const node = element("td", "names");
    const link = element("a", "", one.node);
    link.href = one.path;
    node.append(link);
    line.append(state, element("td", "names", one.hub), node, element("td", "wrong", one.words), itemsCell(one.items));
    return line;
  }));
}

const SHOWN_ITEMS = 4;

function itemsCell(items) {
  const cell = element("td", "item-name", items.slice(0, SHOWN_ITEMS).join(", "));
  const more = items.length - SHOWN_ITEMS;
  if (more > 0) cell.append(element("span", "hint nowrap", ` and ${number(more)} more`));
  cell.title = items.join("\n");
  return cell;
}

function showDays({ days, hubs }) {
  const from = Math.max(0, days.length - Number(chosen.span));
  const part = (name) => ({
    days: days.slice(from), key: chosen.span, series: hubs.map((one) => ({ name: one.hub, values: one[name].slice(from) })),
  });
  return Promise.all([
    dayBars(byId("size-plot"), { ...part("gib"), unit: " GiB" }),
    dayBars(byId("count-plot"), { ...part("tarballs"), unit: " tarballs" }),
  ]);
}
