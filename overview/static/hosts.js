// The hosts page: one feed fills tiles, sums and hardware; what is chosen stands in the address.
import { element, number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { HostTiles, rowsOf } from "./host_tiles.js";
import { timeElement } from "./times.js";
import { pressable, viewState } from "./view.js";

const USUAL = { q: "", trouble: "all", sort: "trouble", hardware: "", view: "" };

const byId = (id) => document.getElementById(id);
const view = viewState(USUAL);
const chosen = view.get();
const place = byId("tiles");

if (place === null) {
  // Nothing was known when the page was made: it is laid out anew with the first sample.
  watchFeed("/hosts/tiles.json", (feed) => { if (feed.columns.name.length > 0) location.reload(); }, { topics: ["hosts"] });
} else {
  start();
}

function start() {
  const tiles = new HostTiles(place, (shown, all) => {
    byId("shown-count").textContent = shown === all ? "" : `${number(shown)} of ${number(all)} shown`;
    byId("no-match").hidden = shown > 0;
  });
  const press = pressable("trouble", chosen.trouble, (trouble) => choose({ trouble }), byId("trouble-chips"));

  function choose(changed) {
    view.set(changed);
    show();
    return tiles.arrange(chosen);
  }

  function show() {
    press(chosen.trouble);
    if (byId("search").value !== chosen.q) byId("search").value = chosen.q;
    byId("sort").value = chosen.sort;
    byId("hardware").value = chosen.hardware;
    byId("grouped").checked = chosen.view === "hardware";
    for (const button of document.querySelectorAll("button[data-hardware]")) {
      button.setAttribute("aria-pressed", String(button.dataset.hardware === chosen.hardware));
    }
  }

  let waiting;
  byId("search").addEventListener("input", ({ target }) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => choose({ q: target.value }), 120);
  });
  byId("sort").addEventListener("change", ({ target }) => choose({ sort: target.value }));
  byId("hardware").addEventListener("change", ({ target }) => choose({ hardware: target.value }));
  byId("grouped").addEventListener("change", ({ target }) => choose({ view: target.checked ? "hardware" : "" }));
  byId("show-all").addEventListener("click", () => choose({ ...USUAL, sort: chosen.sort, view: chosen.view }));
  for (const button of document.querySelectorAll("button[data-hardware]")) {
    button.addEventListener("click", () => {
      const isChosen = chosen.hardware === button.dataset.hardware;
      choose({ hardware: isChosen ? "" : button.dataset.hardware });
      if (!isChosen) byId("tiles-title").parentElement.scrollIntoView({ block: "start" });
    });
  }
  byId("more-changes")?.addEventListener("click", ({ target }) => {
    for (const item of document.querySelectorAll(".change-list .more")) item.classList.remove("more");
    target.remove();
  });
  for (const fill of document.querySelectorAll("[data-fill]")) fill.style.width = `${fill.dataset.fill}%`;
  show();

  let isFirst = true;
  watchFeed("/hosts/tiles.json", async (feed) => {
    showSums(feed);
    const isOtherOrder = tiles.update(rowsOf(feed));
    // By memory, say, tiles would wander all the time: they keep their places until somebody sorts again.
    if (isFirst || isOtherOrder) await tiles.arrange(chosen);
    if (isFirst) place.querySelector(".tiles-wait")?.remove();
    isFirst = false;
  }, { topics: ["hosts"] });
}

function showSums({ summary, groups, newest_time: newest }) {
  const sum = (name, text) => { document.querySelector(`[data-sum="${name}"]`).textContent = text; };
  for (const name of ["hosts", "silent", "in_trouble"]) sum(name, number(summary[name]));
  sum("gone-words", summary.gone > 0 ? `${number(summary.gone)} of them given up` : "gave no sample when one was due");
  sum("kinds", summary.kinds_words);
  sum("memory_percent", summary.memory_percent === null ? "–" : `${summary.memory_percent} %`);
  sum("memory", summary.memory_percent === null ? "known of no host that speaks" : `${summary.memory_used} of ${summary.memory_total}`);
  for (const card of document.querySelectorAll("[data-alarming]")) card.classList.toggle("stat-warn", summary[card.dataset.alarming] > summary.gone);
  byId("all-silent").hidden = !summary.is_old;
  const counts = { all: summary.hosts, trouble: summary.in_trouble, fine: summary.fine, ...summary.kinds };
  for (const [name, amount] of Object.entries(counts)) document.querySelector(`[data-count="${name}"]`).textContent = number(amount);
  const lines = new Map([...document.querySelectorAll("tr[data-group]")].map((line) => [line.dataset.group, line]));
  for (const group of groups) {
    const line = lines.get(group.name);
    if (line === undefined) continue; // of a hardware that came since: the next visit lists it
    for (const name of ["hosts", "silent", "in_trouble"]) line.querySelector(`[data-of="${name}"]`).textContent = number(group[name]);
    line.querySelector('[data-of="memory_used"]').textContent = group.memory_used === null ? "–" : `${Math.round(group.memory_used)} %`;
    line.querySelector("[data-fill]").style.width = `${group.memory_used ?? 0}%`;
  }
  if (newest !== null) {
    const age = element("span", "nowrap");
    age.append(timeElement(newest, "ago"));
    byId("freshness").replaceChildren("Newest sample ", timeElement(newest, "time"), ", ", age);
  }
}
