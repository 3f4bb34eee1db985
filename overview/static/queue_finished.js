// What ended on a cluster: CPU and GPU hours of each user, and the newest of these jobs.
import { element, number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { KeyedTable } from "./keyed_table.js";
import { hours, lasting, none, some, userLink } from "./queue_words.js";
import { ago, moment } from "./times.js";
import { pressable } from "./view.js";

export const FINISHED_VIEW = { days: "30" };
const SHOWN_USERS = 50;

export function finishedColumns(withCluster) {
  return [
    { title: "Job", cell: ({ job_id }) => job_id },
    ...(withCluster ? [{ title: "Cluster", cell: ({ cluster }) => cluster }] : [{ title: "User", cell: ({ user }) => userLink(user) }]),
    { title: "Queue", cell: ({ queue }) => queue || "–" },
    { title: "Ended as", cell: ({ state, exit_code }) => endedAs(state, exit_code) },
    { title: "Ended", right: true, cell: ({ ended }) => (ended === null ? none() : aged(ended)) },
    { title: "Ran for", right: true, cell: ({ elapsed_seconds }) => lasting(elapsed_seconds) },
    { title: "CPU hours", right: true, cell: ({ cpu_hours }) => hours(cpu_hours) },
    { title: "GPU hours", right: true, cell: ({ gpu_hours }) => (gpu_hours ? hours(gpu_hours) : none()) },
  ];
}

export const objects = ({ fields, rows }) => rows.map((row) => Object.fromEntries(fields.map((name, at) => [name, row[at]])));

export function showFinished(section, cluster, view) {
  let users = null;
  let jobs = null;
  const ask = watchFeed(() => `/queues/finished.json?cluster=${encodeURIComponent(cluster)}&days=${view.get().days}`, (feed) => {
    const cpu = feed.users.reduce((sum, [, , hours_]) => sum + hours_, 0);
    const gpu = feed.users.reduce((sum, [, , , hours_]) => sum + hours_, 0);
    const count = feed.users.reduce((sum, [, jobs_]) => sum + jobs_, 0);
    section.querySelector("[data-finished-count]").textContent = count === 0
      ? "Nothing ended in this time that was told of: by Slurm's accounts, or by qstat before it forgets."
      : `${some(count, "job")} of ${some(feed.users.length, "user")}: ${hours(cpu)} CPU hours, ${hours(gpu)} GPU hours`;
    section.querySelector("[data-finished-body]").hidden = count === 0;
    section.querySelector("[data-finished-csv]").href = `/api/cluster/${encodeURIComponent(cluster)}/finished/users?format=csv&from=${feed.start}`;
    users ??= new KeyedTable(section.querySelector("[data-finished-users]"), {
      label: "CPU and GPU hours by user", keyOf: ({ user }) => user, empty: "No job ended.",
      columns: [
        { title: "User", cell: ({ user, rest }) => (rest ? `${number(rest)} others` : userLink(user)) },
        { title: "Jobs", right: true, cell: (row) => number(row.jobs) },
        { title: "CPU hours", right: true, cell: share },
        { title: "GPU hours", right: true, cell: ({ gpu }) => (gpu ? hours(gpu) : none()) },
      ],
    });
    const rows = feed.users.map(([user, jobs_, cpu_, gpu_]) => ({ user, jobs: jobs_, cpu: cpu_, gpu: gpu_, of: cpu }));
    const shown = rows.length > SHOWN_USERS + 1 ? [...rows.slice(0, SHOWN_USERS), others(rows.slice(SHOWN_USERS), cpu)] : rows;
    users.show(shown);
    jobs ??= new KeyedTable(section.querySelector("[data-finished-jobs]"), {
      label: "The newest ended jobs", keyOf: ({ job_id, ended, user }) => `${job_id} ${ended} ${user}`, empty: "No job ended.", columns: finishedColumns(false),
    });
    jobs.show(objects(feed.jobs));
  }, { topics: ["queues"] });
  pressable("days", view.get().days, (days) => { view.set({ days }); ask(); });
}

function others(rows, of) {
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  return { user: "\n", rest: rows.length, jobs: sum("jobs"), cpu: sum("cpu"), gpu: sum("gpu"), of };
}

function share({ cpu, of }) {
  const shown = element("span", "meter-cell");
  const meter = element("meter");
  meter.max = Math.max(of, 1e-9);
  meter.value = cpu;
  meter.setAttribute("aria-hidden", "true");
  shown.append(`${hours(cpu)} `, meter);
  return shown;
}

function endedAs(state, code) {
  const shown = element("span", "", state.toLowerCase().replaceAll("_", " "));
  if (code !== null) shown.title = `Exit code ${code}`;
  return shown;
}

function aged(seconds) {
  const shown = element("span", "nowrap", ago(seconds));
  shown.title = moment(seconds);
  return shown;
}
