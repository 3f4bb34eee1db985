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

export async function draw(place, makeFigure) {
  drawn.set(place, makeFigure);
  await available;
  const { data, layout } = makeFigure(theme());
  if (!place.classList.contains("js-plotly-plot")) place.replaceChildren();
  await Plotly.react(place, data, layout, CONFIG);
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

document.addEventListener("usermon-theme", () => {
  for (const [place, makeFigure] of drawn) {
    if (place.isConnected) draw(place, makeFigure);
    else drawn.delete(place);
  }
});
