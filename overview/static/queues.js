// The queues page: one feed brings all clusters' numbers; lines of the past and jobs have their own.
import { number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { History } from "./queue_history.js";
import { JOB_VIEW, JobsTable } from "./queue_jobs.js";
import { ClusterRow, showState } from "./queue_row.js";
import { some } from "./queue_words.js";
import { pressable, viewState } from "./view.js";

const view = viewState({ range: "24h", of: "procs", look: "areas", ...JOB_VIEW });
const cards = [...document.querySelectorAll("[data-cluster]")];
const shown = new Map(cards.map((card) => {
  const row = new ClusterRow(card);
  const stylesOf = () => new Map((row.row?.users ?? []).map(({ user }, at) => [user, at]));
  return [row.name, { row, history: new History(card.querySelector("[data-history]"), row.name, { view: view.get, stylesOf }) }];
}));
const section = document.querySelector("[data-jobs]");
const jobs = section === null ? null : new JobsTable(section, view);

function onClusters({ clusters, totals }) {
  if (clusters.length !== shown.size || clusters.some(({ name }) => !shown.has(name))) {
    location.reload(); // another cluster: the page is laid out anew
    return;
  }
  for (const cluster of clusters) {
    const { row, history } = shown.get(cluster.name);
    row.update(cluster);
    history.update(cluster.time);
  }
  showTotals(totals);
  jobs?.choices(clusters);
}

function showTotals(totals) {
  const words = {
    clusters: totals.nodes ? `${some(totals.nodes, "node")}${totals.nodes_out ? `, ${number(totals.nodes_out)} out of service` : ""}` : "nodes not known",
    waiting: `${number(totals.waiting)} wait`,
    procs: totals.nodes ? `of ${number(totals.procs)}` : "",
    procs_free: totals.nodes ? `${number(totals.procs_free)} on free nodes` : "by jobs that run",
    gpus: totals.nodes ? `of ${number(totals.gpus)}` : "",
    gpus_free: totals.nodes ? `${number(totals.gpus - totals.gpus_used)} not in use` : "by jobs that run",
  };
  for (const place of document.querySelectorAll("[data-total]")) write(place, number(totals[place.dataset.total]));
  for (const place of document.querySelectorAll("[data-total-words]")) write(place, words[place.dataset.totalWords]);
}

function write(place, text) { if (place.textContent !== text) place.textContent = text; }

for (const name of ["range", "of", "look"]) {
  pressable(name, view.get()[name], (value) => {
    view.set({ [name]: value });
    for (const { row, history } of shown.values()) if (row.row) history.update(row.row.time);
  });
}

// A snapshot grows old though nothing comes.
setInterval(() => {
  if (!document.hidden) for (const { row } of shown.values()) if (row.row) showState(row.card, row.row);
}, 30_000);

watchFeed("/queues/clusters.json", onClusters, { topics: ["queues", "collection"] });
