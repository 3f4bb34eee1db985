// One cluster, larger: its numbers and past, its jobs, its nodes, what ended there.
import { watchFeed } from "./feed.js";
import { FINISHED_VIEW, showFinished } from "./queue_finished.js";
import { History } from "./queue_history.js";
import { JOB_VIEW, JobsTable } from "./queue_jobs.js";
import { NODE_VIEW, showNodes } from "./queue_nodes.js";
import { ClusterRow, showState } from "./queue_row.js";
import { pressable, viewState } from "./view.js";

const { cluster: _fixed, ...jobView } = JOB_VIEW;
const view = viewState({ range: "24h", of: "procs", look: "areas", job: "", ...jobView, ...NODE_VIEW, ...FINISHED_VIEW });
const row = new ClusterRow(document.querySelector("[data-cluster]"));
const stylesOf = () => new Map((row.row?.users ?? []).map(({ user }, at) => [user, at]));
const history = new History(document.querySelector("[data-history]"), row.name, { view: view.get, stylesOf });
const jobs = new JobsTable(document.querySelector("[data-jobs]"), view);
showNodes(document.querySelector("[data-nodes]"), row.name, view, (text) => jobs.find(text));
showFinished(document.querySelector("[data-finished]"), row.name, view);

for (const name of ["range", "of", "look"]) {
  pressable(name, view.get()[name], (value) => {
    view.set({ [name]: value });
    if (row.row) history.update(row.row.time);
  });
}

setInterval(() => { if (!document.hidden && row.row) showState(row.card, row.row); }, 30_000);

watchFeed(`/queues/clusters.json?cluster=${encodeURIComponent(row.name)}`, ({ clusters: [cluster] }) => {
  row.update(cluster);
  history.update(cluster.time);
  jobs.choices([cluster]);
}, { topics: ["queues", "collection"] });
