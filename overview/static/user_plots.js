// One user's storage through time, a plot for GiB and one for files on each volume, with the lines of limits.
import { watchFeed } from "./feed.js";
import { AMOUNTS, clockOf, draw, framed, timeTicks } from "./plots.js";
import { pressable, viewState } from "./view.js";

const DAY = 86400;
const RANGES = { month: 30 * DAY, quarter: 91 * DAY, year: 365 * DAY, all: Infinity };
const DASHES = { hard: "longdash", soft: "dot", reference: "longdashdot" };
const figures = [...document.querySelectorAll("[data-history]")];
const view = viewState({ range: "all" });
let range = view.get().range in RANGES ? view.get().range : "all";
let newest = [];

function show() {
  return Promise.all(newest.flatMap((volume) => figures
    .filter((figure) => figure.dataset.history === volume.volume)
    .map((figure) => {
      const place = figure.querySelector(".history-plot");
      return draw(place, (now) => plot(place, now, volume, figure.dataset.kind));
    })));
}

function plot(place, now, { volume, time, holes, gb, files, gb_levels, files_levels }, kind) {
  const [values, levels, unit] = kind === "gb" ? [gb, gb_levels, "GiB"] : [files, files_levels, "files"];
  const { colour } = now.volumes[volume] ?? now.series[0];
  const last = time[time.length - 1];
  const start = Math.max(time[0], last - RANGES[range]);
  const [x, y] = broken(time, values, holes);
  const { dates, axis } = clockOf(time.filter((one) => one >= start));
  const seen = values.filter((_, at) => time[at] >= start);
  const shown = levels.filter((level) => level.shown);
  // The next level above, where none is in sight that is not reached yet.
  const most = Math.max(...values);
  const hidden = levels.filter((level) => !level.shown && level.value > most).sort((one, other) => one.value - other.value);
  const beyond = shown.some((level) => level.value > most) ? [] : hidden.slice(0, 1);
  const air = Math.max((last - start) * 0.02, 1800);
  const heights = [...seen, ...shown.map((level) => level.value)];
  return {
    // One volume in each plot: its line is solid, so that where it breaks, samples are missing.
    data: [{
      type: "scatter", mode: values.length < 3 ? "markers" : "lines", name: volume, x: dates(x), y, connectgaps: false,
      line: { color: colour, width: 2, shape: "hv" }, marker: { color: colour }, hovertemplate: `%{y:,} ${unit}<extra></extra>`,
    }],
    layout: framed(now, {
      height: 260, uirevision: range, hovermode: "x unified",
      xaxis: { type: "date", range: dates([start - air, last + air]), ...timeTicks(place), ...axis },
      yaxis: { ...AMOUNTS, nticks: 5, range: span(heights, beyond.length > 0) },
      shapes: shown.map((level) => ({
        type: "line", xref: "paper", x0: 0, x1: 1, y0: level.value, y1: level.value,
        line: { color: level.kind === "reference" ? now.reference : now.ink, width: 1.5, dash: DASHES[level.kind] },
      })),
      annotations: [
        ...shown.map((level) => words(now, level, level.words, { y: level.value, yanchor: level.kind === "soft" ? "top" : "bottom" })),
        ...beyond.map((level) => words(now, level, `↑ ${level.words}`, { yref: "paper", y: 1, yanchor: "top" })),
      ],
    }),
  };
}

function words(now, level, text, more) {
  return {
    text, xref: "paper", x: 0, xanchor: "left", showarrow: false, bgcolor: now.surface, borderpad: 2, opacity: 0.9,
    font: { size: 12, color: level.kind === "reference" ? now.reference : now.ink }, ...more,
  };
}

// With a gap before each sample that comes after a hole.
function broken(time, values, holes) {
  if (holes.length === 0) return [time, values];
  const after = new Set(holes);
  const x = [], y = [];
  time.forEach((moment, at) => {
    if (after.has(at)) { x.push((time[at - 1] + moment) / 2); y.push(null); }
    x.push(moment);
    y.push(values[at]);
  });
  return [x, y];
}

// From the least to the most, with air; never so narrow that a tiny change looks like a cliff.
function span(values, wordsAbove) {
  const most = Math.max(...values);
  let least = Math.min(...values);
  if (most - least < 0.06 * most) least = most * 0.94;
  const air = Math.max(0.12 * (most - least), 1e-9);
  return [least - air > 0 ? least - air : -0.02 * most - 1e-9, most + (wordsAbove ? 2 : 1) * air];
}

export function showHistories(address) {
  if (figures.length === 0) {
    watchFeed(address, (feed) => { if (feed.length > 0) location.reload(); }, { topics: ["storage"] });
    return;
  }
  pressable("history-range", range, (chosen) => {
    range = chosen;
    view.set({ range });
    show();
  });
  watchFeed(address, (feed) => {
    if (feed.some(({ volume }) => !figures.some((figure) => figure.dataset.history === volume))) location.reload(); // a new volume: laid out anew
    newest = feed;
    return show();
  }, { topics: ["storage"] });
}
