// What all users together hold on each volume, day by day, and the line that carries it on.
import { number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { AMOUNTS, dates, draw, framed } from "./plots.js";
import { pressable, viewState } from "./view.js";

const DAY = 86400;
const LETTER = 7.5; // pixels, at most, of a letter of the words in a plot
const NEAR = 1.25; // so far above all that is in sight, the capacity still is
const RANGES = { quarter: 91 * DAY, year: 365 * DAY, all: Infinity };
const figures = new Map([...document.querySelectorAll("[data-growth]")].map((one) => [one.dataset.growth, one]));
const view = viewState({ range: "year" });
let range = view.get().range in RANGES ? view.get().range : "year";
let newest = [];

function show(growth) {
  const figure = figures.get(growth.volume);
  if (!figure) return undefined;
  figure.querySelector("[data-growth-words]").textContent = growth.words;
  const said = figure.querySelector("[data-growth-said]");
  said.replaceChildren(...growth.said.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
  const place = figure.querySelector(".growth-plot");
  return draw(place, (now) => plot(now, growth, place.clientWidth));
}

function plot(now, { volume, time, gb, forecast, capacity }, width) {
  const colour = now.volumes[volume]?.colour;
  const last = time[time.length - 1];
  const start = Math.max(time[0], last - RANGES[range]);
  // The axis is of what is in sight, whatever else was held in the years before.
  const seen = gb.filter((_, at) => time[at] >= start);
  const data = [{
    type: "scatter", mode: time.length < 3 ? "markers" : "lines", name: "held", x: dates(time), y: gb,
    line: { color: colour, width: 2 }, marker: { color: colour }, hovertemplate: "%{y:,} GiB<extra></extra>",
  }];
  const end = forecast ? forecast.time[1] : last;
  const air = Math.max((end - start) * 0.03, DAY / 4);
  // Words stand above all of the line that is beneath them, not above its end alone.
  const startOf = (to, text) => to - (LETTER * text.length / Math.max(width, 1)) * (end - start + 2 * air);
  const above = (to, text, least) => time.reduce((most, one, at) => (one >= startOf(to, text) ? Math.max(most, gb[at]) : most), least);
  const total = gb[gb.length - 1];
  const held = `${number(Math.round(total))} GiB`;
  const annotations = [label(now, last, above(last, held, total), held)];
  if (forecast) {
    data.push({
      type: "scatter", mode: "lines+markers", name: "if it goes on so", x: dates(forecast.time), y: forecast.gb,
      line: { color: colour, width: 2, dash: "dot" }, marker: { color: colour, symbol: "circle-open", size: [0, 8] },
      hovertemplate: "%{y:,.0f} GiB, if it goes on so<extra></extra>",
    });
    seen.push(forecast.gb[1]);
    const text = forecast.words;
    const isOverFirst = startOf(end, text) < last;
    annotations.push(label(now, end, above(end, text, Math.max(...forecast.gb)), text, isOverFirst ? 28 : 8));
  }
  // Where the axis would end just below it, it reaches up to it; else it is far out of sight.
  if (capacity && capacity.gb <= NEAR * Math.max(...seen)) {
    seen.push(capacity.gb);
    data.push({
      type: "scatter", mode: "lines", name: "capacity", x: dates([start - air, end + air]), y: [capacity.gb, capacity.gb],
      line: { color: now.ink, width: 1.5, dash: "longdash" }, hovertemplate: `${capacity.words}<extra></extra>`,
    });
    annotations.push({ ...label(now, start, capacity.gb, capacity.words, 4), xanchor: "left" });
    // Above the line of what is held, its words would come upon these; beneath its dotted part there is room.
    if (forecast) annotations[0] = { ...label(now, last, total, held, -6), xanchor: "left", yanchor: "top" };
  }
  return {
    data,
    layout: framed(now, {
      height: 260, uirevision: range, hovermode: "closest", annotations,
      xaxis: { type: "date", range: dates([start - air, end + air]) },
      yaxis: { ...AMOUNTS, nticks: 5, range: span(seen) },
    }),
  };
}

function label(now, time, gb, text, yshift = 8) {
  return {
    x: new Date(time * 1000), y: gb, text, showarrow: false, xanchor: "right", yanchor: "bottom", yshift,
    font: { color: now.ink, size: 12 }, bgcolor: now.surface, borderpad: 2, opacity: 0.9,
  };
}

// From the least to the most with air, never so narrow that a tiny change looks like a cliff.
function span(values) {
  const most = Math.max(...values);
  let least = Math.min(...values);
  if (most - least < 0.1 * most) least = most * 0.9;
  const air = Math.max(0.14 * (most - least), 1e-9);
  return [Math.max(-0.02 * most, least - air), most + 2 * air];
}

export function showGrowth() {
  if (figures.size === 0) return;
  pressable("growth-range", range, (chosen) => {
    range = chosen;
    view.set({ range });
    newest.map(show);
  });
  watchFeed("/storage/growth.json", (feed) => {
    newest = feed;
    return Promise.all(feed.map(show));
  }, { topics: ["storage"] });
}
