// How large reads are: a histogram on a scale of powers of two, in words and as a table.
import { element } from "./cells.js";
import { bucket, bytes, compact, count, percent } from "./io_words.js";
import { draw, framed } from "./plots.js";

export function drawSizes(place, { low, high, total }, { key = "", height = 300 } = {}) {
  const all = sum(total);
  // Each bucket is named by where it begins: a tick at its left end.
  const ticks = low.map((from, at) => (from === null ? `< ${bytes(high[at])}` : bytes(from)));
  return draw(place, (now) => ({
    data: [{
      type: "bar", x: low.map((_, at) => at), y: total, customdata: low.map((from, at) => [bucket(from, high[at]), percent(total[at], all)]),
      offset: 0, width: 0.94, marker: { color: now.series[0].colour }, hovertemplate: "%{customdata[0]}<br>%{y:,} operations, %{customdata[1]}<extra></extra>",
    }],
    layout: framed(now, {
      height, uirevision: key, margin: { l: 12, r: 12, t: 8, b: 12 },
      xaxis: { tickmode: "array", ...every(ticks, place.clientWidth), range: [-0.1, Math.max(low.length, 1)], showgrid: false, ticks: "outside", title: { text: "size of a read, from" } },
      yaxis: { title: { text: "operations" }, rangemode: "tozero", tickformat: "~s", nticks: 5 },
    }),
  }));
}

// As many names as there is room for; one for each power of four or more reads as a scale too.
function every(ticks, width) {
  const step = Math.max(1, Math.ceil(ticks.length * 60 / Math.max(width, 240)));
  const shown = ticks.map((_, at) => at).filter((at) => at % step === 0);
  return { tickvals: shown, ticktext: shown.map((at) => ticks[at]), tickangle: 0 };
}

export function sizeWords({ low, high, total }) {
  const all = sum(total);
  if (all === 0) return "No operations in this range.";
  const top = total.indexOf(Math.max(...total));
  let below = 0;
  const half = total.findIndex((amount) => { below += amount; return below * 2 >= all; });
  const most = `Most often ${bucket(low[top], high[top])} (${percent(total[top], all)})`;
  return high[half] === null ? `${most}.` : `${most}; half of all operations are below ${bytes(high[half])}.`;
}

export function showSizes(place, { low, high, total }) {
  const all = sum(total);
  const table = element("table", "plain");
  const head = table.createTHead().insertRow();
  for (const [name, className] of [["Size", ""], ["Operations", "right"], ["Share", "right"]]) {
    const cell = element("th", className, name);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  low.forEach((from, at) => {
    const row = body.insertRow();
    row.append(element("td", "nowrap", bucket(from, high[at])), element("td", "right numbers", count(total[at])), element("td", "right numbers", percent(total[at], all)));
  });
  place.replaceChildren(table);
}

export const sizesLabel = (sizes, where = "in the table below") => `Operations by size. ${sizeWords(sizes)} ${compact(sum(sizes.total))} in all; the same numbers stand ${where}.`;

const sum = (amounts) => amounts.reduce((all, one) => all + one, 0);
