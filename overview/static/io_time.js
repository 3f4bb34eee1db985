// Operations over time: all together, or the heaviest of a grouping and all others, stacked or as lines.
import { element } from "./cells.js";
import { bar } from "./io_ranking.js";
import { clockZones, compact, count, percent, places, plain, stepMilliseconds, stepWords } from "./io_words.js";
import { draw, framed, styleOf, theme, timeTicks } from "./plots.js";

const HEIGHT = 320;
// Beside the colours: each group has a pattern in stacks, a dash and a symbol in lines. What is left is plain grey.
const PATTERNS = ["", "/", "x", ".", "\\", "-", "+", ""];
const OTHERS = 7;
const GLYPHS = { circle: "●", diamond: "◆", square: "■", "triangle-up": "▲", cross: "✚", x: "✖", "triangle-down": "▼", star: "★" };
const HOVER = { hour: "%a %-d %b, %H:%M", day: "%a %-d %b %Y", week: "week from %a %-d %b %Y" };

export function seriesOf(feed) {
  if (!feed.groups) return [{ name: "all", total: feed.operations, values: feed.total }];
  const { shown, others, count: left } = feed.groups;
  return others ? [...shown, { ...others, name: `${count(left)} others`, isRest: true }] : shown;
}

export function drawTime(place, feed, { drawn = "stacked", key = "", height = HEIGHT } = {}) {
  const series = seriesOf(feed);
  const { x, axis } = places(feed);
  return draw(place, (now) => ({
    // As a line all others together would only press the lines of each to the ground.
    data: drawn === "lines" ? series.filter((one) => !one.isRest).map((one, at) => line(now, x, one, at)) : series.map((one, at) => bars(now, feed, x, one, at)),
    layout: framed(now, {
      height, uirevision: key, barmode: "stack", bargap: 0, hovermode: "x unified", margin: { l: 12, r: 12, t: 12, b: 12 },
      xaxis: { type: "date", ...timeTicks(place), hoverformat: HOVER[feed.step], ...(feed.step === "hour" ? {} : { tickformat: "%-d %b\n%Y" }), ...axis },
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

function line(now, x, one, at) {
  const { colour, dash, symbol } = styleOf(now, at);
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
  if (feed.step === "hour") return "An hour stands where its entries were written, and is in your zone.";
  return `${feed.step === "day" ? "Days" : "Weeks, from Monday,"} are those of the logs' clock, ${clockZones(feed.ahead)}.`;
}

// The groups as a list: the legend of the plot, with the numbers.
export function showGroups(place, feed, drawn, linkOf) {
  if (!feed.groups) { place.replaceChildren(); return; }
  const list = element("ul", "io-groups");
  const series = seriesOf(feed);
  const most = Math.max(...series.map(({ total }) => total));
  series.forEach((one, at) => {
    const row = element("li", "io-group");
    const link = one.isRest ? null : linkOf(one);
    const name = element(link ? "a" : "span", "io-group-name", one.name);
    if (link) name.href = link;
    row.append(drawn === "lines" ? glyph(one, at) : swatch(one, at), name, bar(one.total, most), element("span", "numbers", compact(one.total)), element("span", "numbers hint", percent(one.total, feed.operations)));
    row.title = one.isRest && drawn === "lines" ? "Not drawn: their line would press all others to the ground" : `${one.name}: ${count(one.total)} operations`;
    list.append(row);
  });
  const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  place.replaceChildren(list);
  if (focused) [...place.querySelectorAll("a")].find((one) => one.getAttribute("href") === focused)?.focus();
  paint();
}

function swatch(one, at) {
  const made = element("span", `io-swatch io-pattern-${one.isRest ? OTHERS : at}`);
  made.setAttribute("aria-hidden", "true");
  made.dataset.series = one.isRest ? "" : at;
  return made;
}

function glyph(one, at) {
  const made = element("span", "io-glyph", one.isRest ? "" : GLYPHS[styleOf(theme(), at).symbol] ?? "●");
  made.setAttribute("aria-hidden", "true");
  made.dataset.series = one.isRest ? "" : at;
  return made;
}

function paint() {
  const now = theme();
  for (const one of document.querySelectorAll("[data-series]")) {
    const colour = one.dataset.series === "" ? now.line : styleOf(now, Number(one.dataset.series)).colour;
    one.style[one.className === "io-glyph" ? "color" : "backgroundColor"] = colour;
  }
}

document.addEventListener("usermon-theme", paint);
