// Plots of backups: what came each day, and the sizes of one item's tarballs.
import { AMOUNTS, dates, draw, framed, styleOf, timeTicks } from "./plots.js";

const PATTERNS = ["", "/", "\\", "x", "-", "|", "+", "."];
const DAY_HEIGHT = 280;

/** Bars by day, one on the other; `series`: [{ name, values }]. Days are texts: they are UTC, and stay so. */
export function dayBars(place, { days, series, unit, key, height = DAY_HEIGHT }) {
  return draw(place, (now) => ({
    data: series.map(({ name, values }, at) => ({
      type: "bar", name: escaped(name), x: days, y: values,
      marker: { color: styleOf(now, at).colour, line: { width: 0 }, pattern: { shape: PATTERNS[at % PATTERNS.length], bgcolor: styleOf(now, at).colour, fgcolor: now.surface, size: 6, solidity: 0.3 } },
      hovertemplate: `%{y:,}${unit}<extra>%{fullData.name}</extra>`,
    })),
    layout: framed(now, {
      height, barmode: "stack", bargap: 0.15, uirevision: key, hovermode: "x unified", showlegend: series.length > 1,
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, traceorder: "normal", font: { color: now.ink } }, margin: { l: 12, r: 12, t: 28, b: 8 },
      xaxis: { type: "date" }, yaxis: { rangemode: "tozero", nticks: 5, ...AMOUNTS },
    }),
  }));
}

/** One item's sizes; `range` is that of all, so that the plots of a page can be compared. */
export function itemPlot(place, { times, mib, marks }, range) {
  const x = dates(times);
  const at = (places) => ({ x: places.map((one) => x[one]), y: places.map((one) => mib[one]) });
  return draw(place, (now) => ({
    data: [
      { type: "scatter", mode: times.length < 40 ? "lines+markers" : "lines", ...{ x, y: mib }, line: { color: styleOf(now, 0).colour, width: 1.75 }, marker: { size: 4 }, hovertemplate: "%{y:,} MiB<extra></extra>" },
      mark(now, at(marks.shrunk), "triangle-down", "shrank", now.reference),
      mark(now, at(marks.empty), "x", "empty", now.ring),
    ],
    layout: framed(now, {
      height: 170, uirevision: "item", hovermode: "x", margin: { l: 8, r: 10, t: 8, b: 4 },
      xaxis: { type: "date", range: dates(range), ...timeTicks(place) }, yaxis: { rangemode: "tozero", nticks: 4, ...AMOUNTS },
    }),
  }));
}

function mark(now, points, symbol, word, color) {
  return { type: "scatter", mode: "markers", ...points, marker: { symbol, size: 10, color, line: { width: 1, color: now.surface } }, hovertemplate: `${word}: %{y:,} MiB<extra></extra>`, cliponaxis: false };
}

// Plotly reads a little HTML in its texts.
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
