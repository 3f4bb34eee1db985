// Plotly's figures in the page's theme; all of them are drawn anew when light turns to dark.
const themes = JSON.parse(document.getElementById("plot-themes").textContent);
const drawn = new Map();
const touch = matchMedia("(pointer: coarse)").matches;
const CONFIG = { displaylogo: false, displayModeBar: false, responsive: true, showTips: false, doubleClick: "reset", scrollZoom: false };

export const theme = () => themes[window.usermonTheme()];
export const available = new Promise((resolve) => {
  if (window.Plotly) resolve();
  else document.addEventListener("DOMContentLoaded", resolve);
});

// Plotly looks at the window alone: a place grows and shrinks with its neighbours too.
const fitting = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (target.classList.contains("js-plotly-plot") && target.clientWidth > 0 && target.clientWidth !== target._fullLayout?.width) Plotly.Plots.resize(target);
  }
});

export async function draw(place, makeFigure) {
  drawn.set(place, makeFigure);
  await available;
  const { data, layout } = makeFigure(theme());
  if (!place.classList.contains("js-plotly-plot")) place.replaceChildren();
  keepZoom(place, layout);
  await Plotly.react(place, data, layout, CONFIG);
  fitting.observe(place);
}

// Where there is nothing to draw, words stand in the plot's place.
export function sayInstead(place, text) {
  drawn.delete(place);
  if (place.classList.contains("js-plotly-plot")) Plotly.purge(place);
  const said = document.createElement("p");
  said.className = "hint plot-wait";
  said.textContent = text;
  place.replaceChildren(said);
}

// Plotly gives up a zoom when the range that we ask for is another one, though it is only a minute later: while
// somebody has zoomed, we go on asking for the range that was asked for then.
function keepZoom(place, layout) {
  const before = place.usermonRanges?.revision === layout.uirevision ? place.usermonRanges : {};
  place.usermonRanges = { revision: layout.uirevision };
  for (const name of ["xaxis", "yaxis"]) {
    if (!layout[name]?.range) continue;
    const shown = place.layout?.[name]?.range;
    const zoomed = before[name] && shown && before[name].some((end, at) => Math.abs(new Date(end) - new Date(shown[at])) > 1000 * (typeof end !== "number"));
    if (zoomed) layout[name] = { ...layout[name], range: [...before[name]] };
    place.usermonRanges[name] = [...layout[name].range];
  }
}

export function framed({ layout, axis }, more) {
  const axes = Object.fromEntries(["xaxis", "yaxis"].map((name) => [name, { ...axis, ...more[name] }]));
  return { ...layout, dragmode: touch ? false : "zoom", hovermode: "closest", showlegend: false, margin: { l: 12, r: 18, t: 12, b: 12 }, ...more, ...axes };
}

export function linePlot(place, title, series) {
  return draw(place, (now) => ({
    data: series.map(({ volume, time, values }) => ({
      type: "scatter", mode: values.length < 3 ? "markers" : "lines", name: volume, x: time, y: values,
      line: { color: now.volumes[volume]?.colour, dash: now.volumes[volume]?.dash, width: 2, shape: "hv" },
      marker: { color: now.volumes[volume]?.colour },
      hovertemplate: `%{y:,} ${title}<br>%{x|%Y-%m-%d %H:%M} UTC`,
    })),
    layout: framed(now, {
      height: 190, showlegend: series.length > 1, legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
      margin: { l: 12, r: 12, t: 24, b: 12 },
      xaxis: { type: "date" }, yaxis: { title: { text: title }, rangemode: "tozero", tickformat: "~s", nticks: 5 },
    }),
  }));
}

// Plotly draws Date objects by the clock of the viewer's zone; numbers and texts it would take for UTC.
export const dates = (seconds) => seconds.map((one) => new Date(one * 1000));
// Of an axis of amounts: 12k, 3.5M; half a unit is 0.5, and no "500m".
export const AMOUNTS = { tickformat: "~s", tickformatstops: [{ dtickrange: [null, 0.9], value: "~f" }, { dtickrange: [0.9, null], value: "~s" }] };
// As many ticks of time as stand beside each other, with a day and a year below each.
export const timeTicks = (place) => ({ tickangle: 0, nticks: Math.max(3, Math.floor(place.clientWidth / 115)) });
export const styleOf = (now, place) => now.series[place % now.series.length];

export function clockZone(ahead) {
  const minutes = Math.abs(Math.round(ahead / 60));
  const text = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return minutes ? `UTC${ahead < 0 ? "−" : "+"}${text}` : "UTC";
}

// Where the viewer's clock was set back among `moments` (seconds), an hour comes twice, and lines would run
// backwards: all of them then stand by the clock of the newest, and the axis says so.
export function clockOf(moments) {
  const sorted = [...new Set(moments)].sort((one, other) => one - other);
  const onTheWall = (one) => one - 60 * new Date(one * 1000).getTimezoneOffset();
  if (sorted.every((one, at) => at === 0 || onTheWall(one) > onTheWall(sorted[at - 1]))) return { dates, axis: {} };
  const newest = sorted[sorted.length - 1];
  const ahead = onTheWall(newest) - newest;
  return {
    dates: (seconds) => seconds.map((one) => new Date((one + ahead) * 1000).toISOString().slice(0, -1)),
    axis: { title: { text: `All times in ${clockZone(ahead)}`, standoff: 6, font: { size: 11 } } },
  };
}

document.addEventListener("usermon-theme", () => {
  for (const [place, makeFigure] of drawn) {
    if (place.isConnected) draw(place, makeFigure);
    else drawn.delete(place);
  }
});
