// One host's page: its newest sample, its plots over the chosen time, its gaps in words.
import { element, number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { showPlots } from "./host_plots.js";
import { statusElement } from "./status.js";
import { timeElement } from "./times.js";
import { pressable, viewState } from "./view.js";

const USUAL = { range: "24h" };
const byId = (id) => document.getElementById(id);
const host = document.querySelector("[data-host]").dataset.host;
const places = new Map([...document.querySelectorAll("[data-plot]")].map((place) => [place.dataset.plot, place]));
const view = viewState(USUAL);
const chosen = view.get();
if (document.querySelector(`[data-range="${CSS.escape(chosen.range)}"]`) === null) chosen.range = USUAL.range;

pressable("range", chosen.range, (range) => {
  view.set({ range });
  byId("plots").setAttribute("aria-busy", "true");
  ask();
}, byId("ranges"));
fillMeters(document);

const ask = watchFeed(() => `/hosts/${encodeURIComponent(host)}/lines.json?range=${chosen.range}`, async (feed) => {
  if (feed.range !== chosen.range) return; // another was chosen meanwhile, and is asked for
  showNow(feed);
  showRange(feed);
  showGaps(feed);
  await showPlots(places, feed);
  byId("no-samples").hidden = feed.times.length > 0;
  byId("plots").removeAttribute("aria-busy");
}, { topics: ["hosts"] });

function showNow({ status, facts, newest_time: newest }) {
  byId("status").replaceChildren(...status.troubles.map(([kind, words]) => statusElement(kind, words)));
  byId("silent").hidden = !status.is_silent || newest === null;
  if (newest !== null) {
    const age = element("span", "nowrap");
    age.append(timeElement(newest, "ago"));
    byId("freshness").replaceChildren("Newest sample ", timeElement(newest, "time"), ", ", age);
  }
  const list = byId("facts-now");
  if (list === null) return;
  list.replaceChildren(...facts.map(({ name, value, share, is_high: isHigh }) => {
    const shown = element("div");
    const text = element("dd", "", value);
    if (share !== null) {
      const meter = element("span", isHigh ? "meter high" : "meter");
      const fill = element("span");
      fill.dataset.fill = share;
      meter.append(fill);
      text.append(" ", meter);
    }
    shown.append(element("dt", "", name), text);
    return shown;
  }));
  fillMeters(list);
}

function fillMeters(place) {
  for (const fill of place.querySelectorAll("[data-fill]")) fill.style.width = `${fill.dataset.fill}%`;
}

function showRange({ is_past: isPast, step, end }) {
  const words = step === 1 ? ["Every sample"] : [`Means of ${step < 3600 ? `${number(step / 60)} minutes` : `${number(step / 3600)} hours`}, and the worst of each`];
  if (step === 60) words[0] = "Means of a minute, and the worst of each";
  if (isPast) words.push(", up to its newest sample at ", timeElement(end - 1, "time"));
  words.push(". Where nothing came, lines break and the ground is grey.");
  byId("range-words").replaceChildren(...words);
}

function showGaps({ gaps, gap_count: count, is_past: isPast }) {
  const shown = gaps.length < count ? ` The newest ${number(gaps.length)} are listed.` : "";
  byId("gaps-words").textContent = count === 0
    ? `A sample came whenever one was due${isPast ? ", until it fell silent" : ""}.`
    : `${number(count)} in this time, longer than two samples that are missing.${shown}`;
  byId("gaps").hidden = count === 0;
  byId("gaps").querySelector("tbody").replaceChildren(...gaps.map(([from, to, words]) => {
    const line = element("tr");
    const cells = [element("td", "nowrap"), element("td", "nowrap"), element("td")];
    cells[0].append(timeElement(from, "time"));
    cells[1].append(to === null ? "none yet" : timeElement(to, "time"));
    cells[2].append(words);
    if (to === null) cells[2].replaceChildren(statusElement("serious", "still silent, for"), " ", timeElement(from, "age"));
    line.append(...cells);
    return line;
  }));
}
