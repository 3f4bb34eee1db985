// One hub on one node: its items in a table, and a plot of each as soon as it comes into sight.
import { dayBars, itemPlot } from "./backup_plots.js";
import { element, number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { setStatus, statusElement } from "./status.js";
import { timeElement } from "./times.js";
import { pressable, viewState } from "./view.js";

const USUAL = { which: "all" };
const byId = (id) => document.getElementById(id);
const { hub, node } = document.querySelector("[data-hub]").dataset;
const address = `/backups/node.json?${new URLSearchParams({ hub, node })}`;
const view = viewState(USUAL);
const chosen = view.get();
const plots = new Map();

if (byId("items") === null) {
  watchFeed(address, (feed) => { if (feed.rows.length > 0) location.reload(); }, { topics: ["backups"] });
} else {
  pressable("which", chosen.which, (which) => {
    view.set({ which });
    choosePlots();
  }, byId("which"));
  let drawnCounts = "";
  watchFeed(address, async (feed) => {
    showHead(feed);
    byId("items").replaceChildren(...feed.rows.map(itemLine));
    showPlots(feed);
    const counts = JSON.stringify([feed.days, feed.counts]);
    if (counts !== drawnCounts) {
      drawnCounts = counts;
      const without = feed.counts.filter((count) => count === 0).length;
      byId("count-words").textContent = without === 0 ? "None of these days is without one." : `${number(without)} of ${number(feed.counts.length)} days are without any.`;
      await dayBars(byId("count-plot"), { days: feed.days, series: [{ name: "tarballs", values: feed.counts }], unit: "", key: "counts", height: 200 });
    }
  }, { topics: ["backups"] });
}

function showHead({ kind, word, newest, listed_at: listedAt }) {
  setStatus(byId("status").querySelector(".state"), kind, word);
  const age = (seconds) => {
    const shown = element("span", "nowrap");
    shown.append(timeElement(seconds, "ago"));
    return shown;
  };
  byId("freshness").replaceChildren(
    ...(newest === null ? ["No tarball lies there"] : ["Newest tarball ", timeElement(newest, "time"), ", ", age(newest)]), "; listed ", age(listedAt));
}

function itemLine(row) {
  const line = element("tr");
  const name = element("th", "item-name", row.item);
  name.scope = "row";
  const state = element("td");
  state.append(statusElement(row.kind, row.kind === "serious" ? "alarm" : row.kind));
  const time = (how) => (row.newest === null ? "–" : timeElement(row.newest, how));
  const newest = element("td", "nowrap");
  newest.append(time("time"));
  const age = element("td", "right nowrap");
  age.append(time("age"));
  const wrong = element("td", "wrong");
  wrong.append(...row.reasons.map((reason) => element("span", "", reason)));
  line.append(name, state, newest, age, element("td", "right nowrap", row.size), element("td", "right nowrap", row.change),
    ...[number(row.tarballs), row.per_day, number(row.missed)].map((text) => element("td", "right", text)), wrong);
  return line;
}

// A node may have a hundred items: only what is in sight is drawn.
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) drawPlot(plots.get(target.dataset.item));
}, { rootMargin: "300px" });

function showPlots({ items }) {
  const times = items.flatMap((item) => (item.times.length === 0 ? [] : [item.times[0], item.times.at(-1)]));
  const range = times.length === 0 ? [0, 1] : [Math.min(...times), Math.max(...times)];
  const order = { serious: 0, warning: 1, ok: 2 };
  for (const place of byId("item-plots").querySelectorAll("[data-waiting]")) place.remove();
  const sorted = [...items].sort((one, other) => order[one.kind] - order[other.kind]);
  for (const item of sorted) {
    const known = plots.get(item.item);
    const made = known ?? plotPlace(item.item);
    const isNew = JSON.stringify([made.item?.times, made.item?.mib]) !== JSON.stringify([item.times, item.mib]) || made.range?.join() !== range.join();
    Object.assign(made, { item, range, isOld: made.isOld || isNew });
    setStatus(made.status, item.kind, item.kind === "serious" ? "alarm" : item.kind);
    if (known === undefined) byId("item-plots").append(made.figure);
    else if (isNew && made.wasDrawn) drawPlot(made);
  }
  for (const [name, { figure }] of plots) {
    if (!items.some(({ item }) => item === name)) { seen.unobserve(figure); figure.remove(); plots.delete(name); }
  }
  const wrong = items.filter(({ kind }) => kind !== "ok").length;
  document.querySelector('#which [data-count="all"]').textContent = number(items.length);
  document.querySelector('#which [data-count="wrong"]').textContent = number(wrong);
  choosePlots();
  byId("item-plots").removeAttribute("aria-busy");
}

function plotPlace(name) {
  const figure = element("figure", "card chart item-chart");
  figure.dataset.item = name;
  const caption = element("figcaption");
  const status = statusElement("ok", "ok");
  caption.append(element("h3", "item-name", name), status);
  const place = element("div", "plot item-plot");
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", `Sizes of ${name} through time: the newest stands in the table above`);
  figure.append(caption, place);
  const made = { figure, status, place, item: null, range: null, isOld: true, wasDrawn: false };
  plots.set(name, made);
  seen.observe(figure);
  return made;
}

function drawPlot(plot) {
  if (plot === undefined || !plot.isOld || plot.figure.hidden) return;
  plot.isOld = false;
  plot.wasDrawn = true;
  itemPlot(plot.place, plot.item, plot.range);
}

function choosePlots() {
  for (const { figure, item } of plots.values()) figure.hidden = chosen.which === "wrong" && item.kind === "ok";
}
