// Operations over time: all together, or the heaviest of a grouping and all others, stacked or as lines.
import { element } from "./cells.js";
import { bar } from "./io_ranking.js";
import { clockZone, compact, count, percent, places, plain, stepMilliseconds, stepWords } from "./io_words.js";
import { draw, framed, styleOf, theme } from "./plots.js";

const HEIGHT = 320;
// Beside the colours: each group has a pattern in stacks, a dash and a symbol in lines. What is left is plain grey.
const PATTERNS = ["", "/", "x", ".", "\\", "-", "+", ""];
const OTHERS = 7;
const HOVER = { hour: "%a %-d %b, %H:%M", day: "%a %-d %b %Y", week: "week from %a %-d %b %Y" };

export function seriesOf(feed) {
  if (!feed.groups) return [{ name: "all", total: feed.operations, values: feed.total }];
  const { shown, others, count: left } = feed.groups;
  return others ? [...shown, { ...others, name: `${count(left)} others`, isRest: true }] : shown;
}

export function drawTime(place, feed, { drawn = "stacked", key = "", height = HEIGHT } = {}) {
  const series = seriesOf(feed);
  const x = places(feed);
  return draw(place, (now) => ({
    data: drawn === "lines" ? series.map((one, at) => line(now, feed, x, one, at)) : series.map((one, at) => bars(now, feed, x, one, at)),
    layout: framed(now, {
      height, uirevision: key, barmode: "stack", bargap: 0, hovermode: "x unified", margin: { l: 12, r: 12, t: 12, b: 12 },
      xaxis: { type: "date", tickangle: 0, nticks: Math.max(3, Math.floor(place.clientWidth / 130)), hoverformat: HOVER[feed.step], ...(feed.step === "hour" ? {} : { tickformat: "%-d %b\n%Y" }) },
      yaxis: { title: { text: `operations a ${feed.step}` }, rangemode: "tozero", tickformat: "~s", nticks: 5 },
    }),
  }));
}

function colourOf(now, one, at) {
  return one.isRest ? now.line : styleOf(now, at).colour;
}

function bars(now, feed, x, one, at) {
  return {
    type: "bar", name: plain(one.name), x, y: one.values, offset: 0, width: stepMilliseconds(feed) * (x.length > 60 ? 1 : 0.92),
    marker: {
      color: colourOf(now, one, at), line: { width: 0 },
      pattern: { shape: PATTERNS[one.isRest ? OTHERS : at], solidity: 0.18, size: 8, bgcolor: colourOf(now, one, at), fgcolor: now.surface, fgopacity: 0.7 },
    },
    hovertemplate: "%{y:,}<extra>%{fullData.name}</extra>",
  };
}

function line(now, feed, x, one, at) {
  const { dash, symbol } = styleOf(now, one.isRest ? OTHERS : at);
  const colour = one.isRest ? now.soft : colourOf(now, one, at); // thin, the grey of areas would be too light
  return {
    type: "scatter", mode: "lines+markers", name: plain(one.name), x, y: one.values, connectgaps: false,
    line: { color: colour, dash, width: 2 }, marker: { color: colour, symbol, size: 7, maxdisplayed: 40 },
    hovertemplate: "%{y:,}<extra>%{fullData.name}</extra>",
  };
}

// What the plot says, in a sentence.
export function timeWords(feed) {
  const known = feed.total.map((value, at) => [value, at]).filter(([value]) => value !== null);
  if (known.length === 0) return "No entry in this range.";
  const [most, at] = known.reduce((best, one) => (one[0] > best[0] ? one : best));
  const mean = known.reduce((sum, [value]) => sum + value, 0) / known.length;
  const gaps = feed.total.length - known.length;
  const without = gaps ? ` ${count(gaps)} ${feed.step}${gaps === 1 ? " has" : "s have"} no entry.` : "";
  if (most === 0) return `Nothing was read in this range.${without}`;
  return `${compact(mean)} operations a ${feed.step} in the mean, ${compact(most)} at most: ${stepWords(feed, at)}.${without}`;
}

export function timeNote(feed) {
  if (feed.step === "hour") return "An hour's bar begins where its entries were written. Hours are in your zone.";
  return `${feed.step === "day" ? "Days" : "Weeks, from Monday,"} are those of the logs' clock, ${clockZone(feed.ahead)}.`;
}

// The groups as a table: the legend of the plot, with the numbers.
export function showGroups(place, feed, linkOf) {
  if (!feed.groups) { place.replaceChildren(); return; }
  const table = element("ul", "io-groups");
  const series = seriesOf(feed);
  const most = Math.max(...series.map(({ total }) => total));
  series.forEach((one, at) => {
    const row = element("li", "io-group");
    const link = one.isRest ? null : linkOf(one);
    const name = element(link ? "a" : "span", "io-group-name", one.name);
    if (link) name.href = link;
    row.append(swatch(one, at), name, bar(one.total, most), element("span", "numbers", compact(one.total)), element("span", "numbers hint", percent(one.total, feed.operations)));
    row.title = `${one.name}: ${count(one.total)} operations`;
    table.append(row);
  });
  place.replaceChildren(table);
}

function swatch(one, at) {
  const made = element("span", `io-swatch io-pattern-${one.isRest ? OTHERS : at}`);
  made.setAttribute("aria-hidden", "true");
  const colour = () => { made.style.backgroundColor = colourOf(theme(), one, at); };
  colour();
  made.addEventListener("io-theme", colour);
  return made;
}

document.addEventListener("usermon-theme", () => {
  for (const one of document.querySelectorAll(".io-swatch")) one.dispatchEvent(new Event("io-theme"));
});
