// The plots of one host: all over the same time, gaps as broken lines on shaded bands.
import { AMOUNTS, clockOf, draw, framed, styleOf, timeTicks } from "./plots.js";

const PERCENT = { range: [0, 100], ticksuffix: " %" };
const HEIGHT = 230;

// What each plot shows; `most` lines are dotted and thin: the worst of a step, not its mean.
const PLOTS = {
  memory: (feed) => ({ lines: [line("mean", feed.memory), peak(feed.memory_peak)], axis: PERCENT, unit: " %" }),
  cpu: (feed) => ({ lines: [line("busy", feed.cpu), line("of it kernel", feed.kernel), peak(feed.cpu_peak)], axis: PERCENT, unit: " %" }),
  load: (feed) => ({ lines: [line("load of one minute", feed.load), peak(feed.load_peak)], level: feed.cpus, levelName: `${feed.cpus} CPUs` }),
  disks: (feed) => ({ lines: feed.disks.map(({ name, left }) => line(name === "" ? "left" : name, left)), unit: " GiB" }),
  io: (feed) => ({ lines: [line("operations", feed.io)] }),
  network: (feed) => ({ lines: [line("received, above", feed.received), line("sent, below", mirrored(feed.sent))], axis: { rangemode: "normal" }, unit: " MiB/s", mirrors: true }),
  gpu: (feed) => ({ lines: feed.gpus.map(({ name, busy }) => line(name, busy)), axis: PERCENT, unit: " %" }),
  gpu_memory: (feed) => ({ lines: feed.gpus.map(({ name, memory }) => line(name, memory)), unit: " GiB" }),
};

const line = (name, values) => ({ name, values });
const peak = (values) => ({ name: "worst of each step", values, isPeak: true });
// What is sent hangs below zero, so that the two do not hide each other.
const mirrored = (values) => values.map((value) => (value === null ? null : -value));
const isKnown = ({ values }) => values !== undefined && values.some((value) => value !== null);

export function showPlots(places, feed) {
  return Promise.all(Object.entries(PLOTS).map(async ([key, about]) => {
    const figure = places.get(key);
    const { lines, ...more } = about(feed);
    const known = lines.filter(isKnown);
    figure.hidden = known.length === 0 || feed.times.length === 0;
    if (!figure.hidden) await drawOne(figure.querySelector(".plot"), feed, known, more);
  }));
}

function drawOne(place, feed, lines, { axis = {}, unit = "", level = null, levelName = "", mirrors = false }) {
  const { dates, axis: axisOfTime } = clockOf([...feed.times, feed.start, feed.end]);
  const x = dates(feed.times);
  return draw(place, (now) => ({
    data: [
      ...lines.map(({ name, values, isPeak }, at) => {
        const { colour, dash } = styleOf(now, isPeak ? 0 : at);
        return {
          type: "scatter", mode: x.length < 3 ? "markers" : "lines", name: escaped(name), x, y: values, connectgaps: false,
          line: { color: colour, dash: isPeak ? "dot" : mirrors ? "solid" : dash, width: isPeak ? 1 : 1.75 }, marker: { color: colour },
          ...(mirrors ? { customdata: values.map((value) => value === null ? null : Math.abs(value)) } : {}),
          hovertemplate: `%{${mirrors ? "customdata" : "y"}:,}${unit}<extra>%{fullData.name}</extra>`,
        };
      }),
      ...(level === null ? [] : [{
        type: "scatter", mode: "lines", name: levelName, x: dates([feed.start, feed.end]), y: [level, level], hoverinfo: "skip",
        line: { color: now.reference, dash: "longdash", width: 1.25 },
      }]),
    ],
    layout: framed(now, {
      height: HEIGHT, uirevision: feed.range, hovermode: "x unified", showlegend: lines.length > 1 || level !== null,
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { color: now.ink, size: 12 } }, margin: { l: 12, r: 12, t: 26, b: 8 },
      shapes: feed.gaps.map(([from, to]) => ({
        type: "rect", layer: "below", yref: "paper", y0: 0, y1: 1, line: { width: 0 }, fillcolor: now.crowd, opacity: 0.22,
        x0: dates([Math.max(from, feed.start)])[0], x1: dates([Math.min(to ?? feed.end, feed.end)])[0],
      })),
      xaxis: { type: "date", range: dates([feed.start, feed.end]), ...timeTicks(place), ...axisOfTime },
      yaxis: { rangemode: "tozero", nticks: 5, ...AMOUNTS, ...axis },
    }),
  }));
}

// Plotly reads a little HTML in its texts.
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
