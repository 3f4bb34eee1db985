// What opens below a user's row: the history of GiB and files on every volume.
import { element, number } from "./cells.js";
import { getJson } from "./feed.js";
import { linePlot } from "./plots.js";
import { moment } from "./times.js";

export function showDetail(user) {
  const detail = element("div", "detail");
  detail.setAttribute("role", "gridcell");
  const waiting = element("p", "hint", "Reading the history…");
  detail.append(waiting);
  fill(detail, user).catch(() => { waiting.textContent = "The history could not be read; the page asks again when the row is opened again."; });
  return detail;
}

async function fill(detail, user) {
  const { read } = await getJson(`/api/storage/${encodeURIComponent(user)}`);
  const { history } = await read();
  const volumes = Object.entries(history);
  if (volumes.length === 0) {
    detail.replaceChildren(element("p", "hint", "Nothing was measured of this user yet."));
    return;
  }
  const plots = element("div", "detail-plots");
  for (const [field, title] of [["gb", "GiB"], ["files", "Files"]]) {
    const place = element("div", "detail-plot");
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", `${title} of ${user} through time`);
    plots.append(place);
    queueMicrotask(() => linePlot(place, title, volumes.map(([volume, series]) => ({ volume, time: series.time, values: series[field] }))));
  }
  const facts = element("p", "hint numbers", volumes.map(([volume, series]) => {
    const last = series.time.length - 1;
    const limit = series.soft_limit_gb === null ? "" : `, quota ${number(series.soft_limit_gb)} GiB`;
    return `${volume}: ${number(series.gb[last])} GiB, ${number(series.files[last])} files at ${moment(Date.parse(series.time[last]) / 1000)}${limit}`;
  }).join(" · "));
  detail.replaceChildren(plots, facts);
}
