// The table of jobs: the server filters, sorts and turns pages; here is what is asked for and shown.
import { element, number } from "./cells.js";
import { getJson, watchFeed } from "./feed.js";
import { KeyedTable } from "./keyed_table.js";
import { hostLink, jobState, known, lasting, none, size, some, userLink } from "./queue_words.js";
import { ago, moment, now } from "./times.js";

export const JOB_VIEW = { user: "", name: "", state: "", queue: "", cluster: "", sort: "submitted", order: "desc", offset: "0" };
const PAGE = 50;
const FILTERS = ["user", "name", "state", "queue", "cluster"];
const KINDS = [["running", "running"], ["waiting", "waiting"], ["ended", "just ended"]];

export class JobsTable {
  constructor(section, view) {
    this.section = section;
    this.view = view;
    this.fixed = section.dataset.jobsOf ?? null;
    this.form = section.querySelector("[data-job-filters]");
    this.pager = section.querySelector("[data-pager]");
    this.states = {};
    this.details = new Map();
    for (const name of FILTERS) if (this.form.elements[name]) this.form.elements[name].value = view.get()[name];
    this.ask = watchFeed(() => `/queues/jobs.json?${this.query({ limit: PAGE, offset: this.view.get().offset })}`, (feed) => this.show(feed), { topics: ["queues"] });
    let waiting;
    this.form.addEventListener("input", (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.filtered(), event.target.type === "search" ? 150 : 0);
    });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.filtered(); });
    this.form.addEventListener("reset", () => setTimeout(() => this.filtered()));
    for (const button of section.querySelectorAll("[data-turn]")) {
      button.addEventListener("click", () => this.turn(Number(button.dataset.turn)));
    }
    this.linkCsv();
  }

  query(more = {}) {
    const { user, name, state, queue, cluster, sort, order } = this.view.get();
    const asked = { user, name, state, queue, cluster: this.fixed ?? cluster, sort, order, ...more };
    return new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ""));
  }

  filtered() {
    const chosen = Object.fromEntries(FILTERS.filter((name) => this.form.elements[name]).map((name) => [name, this.form.elements[name].value.trim()]));
    this.change({ ...chosen, offset: "0" });
  }

  change(changes) {
    this.view.set(changes);
    this.linkCsv();
    this.ask();
  }

  // Shows the jobs whose number begins so, wherever the page stands.
  find(text) {
    this.form.reset();
    this.form.elements.name.value = text;
    setTimeout(() => this.filtered());
    this.section.scrollIntoView({ block: "start" });
  }

  linkCsv() { this.section.querySelector("[data-jobs-csv]").href = `/queues/jobs.csv?${this.query()}`; }

  turn(by) {
    this.change({ offset: String(Math.max(0, Number(this.view.get().offset) + by * PAGE)) });
    this.section.scrollIntoView({ block: "start" });
  }

  sort(name, isNumber) {
    const { sort, order } = this.view.get();
    const first = isNumber || ["submitted", "started"].includes(name) ? "desc" : "asc";
    this.change({ sort: name, order: sort === name ? (order === "desc" ? "asc" : "desc") : first, offset: "0" });
  }

  // Which states, queues and clusters there are to choose from, and how many jobs of each.
  choices(rows) {
    const states = new Map();
    const kinds = { running: 0, waiting: 0, ended: 0 };
    const queues = new Map();
    for (const row of rows) {
      for (const { state, words, kind, count } of row.jobs.states) {
        kinds[kind] += count;
        states.set(state, { words, count: (states.get(state)?.count ?? 0) + count });
      }
      for (const [queue, count] of Object.entries(row.queues)) queues.set(queue, (queues.get(queue) ?? 0) + count);
    }
    const ofKinds = KINDS.filter(([kind]) => kinds[kind]).map(([kind, words]) => option(kind, `${words} (${number(kinds[kind])})`));
    const ofStates = [...states].map(([state, { words, count }]) => option(state, `${state}${words === state.toLowerCase() ? "" : `: ${words}`} (${number(count)})`));
    const group = element("optgroup");
    group.label = "As the schedulers say";
    group.append(...ofStates);
    this.offer("state", [...ofKinds, group]);
    this.offer("queue", [...queues].sort().map(([queue, count]) => option(queue, `${queue} (${number(count)})`)));
    if (!this.fixed) this.offer("cluster", rows.map((row) => option(row.name, `${row.name} (${number(row.jobs.total)})`)));
  }

  offer(name, options) {
    const select = this.form.elements[name];
    const chosen = this.view.get()[name];
    const signature = options.map((one) => one.outerHTML).join();
    if (select.usermonOptions === signature) return;
    select.usermonOptions = signature;
    select.replaceChildren(select.options[0], ...options);
    if (chosen !== "" && ![...select.options].some((one) => one.value === chosen)) select.append(option(chosen, chosen));
    select.value = chosen;
  }

  async show({ fields, rows, total, states }) {
    this.states = { ...this.states, ...states };
    const jobs = rows.map((row) => Object.fromEntries(fields.map((name, at) => [name, row[at]])));
    const offset = Number(this.view.get().offset);
    if (jobs.length === 0 && offset > 0) { this.change({ offset: "0" }); return; }
    const { sort, order } = this.view.get();
    this.table ??= this.build();
    this.table.sortedBy(sort, order === "desc");
    this.table.show(jobs);
    this.section.querySelector("[data-jobs-count]").textContent = some(total, "job");
    this.pager.hidden = total <= PAGE;
    this.pager.querySelector("[data-pager-rows]").textContent = `${number(offset + 1)} to ${number(offset + jobs.length)} of ${number(total)}`;
    this.section.querySelector('[data-turn="-1"]').disabled = offset === 0;
    this.section.querySelector('[data-turn="1"]').disabled = offset + jobs.length >= total;
    await Promise.all(jobs.filter((job) => this.details.has(keyOf(job))).map((job) => this.fill(job)));
  }

  build() {
    const time = (name) => (job) => (job[name] === null ? none() : aged(job[name]));
    const columns = [
      { title: "Job", sort: "job", kind: "job-id", cell: (job) => job.job_id },
      ...(this.fixed ? [] : [{ title: "Cluster", sort: "cluster", cell: (job) => clusterLink(job.cluster) }]),
      { title: "User", sort: "user", cell: (job) => userLink(job.user) },
      { title: "Name", sort: "name", kind: "job-name", cell: (job) => cut(job.name) },
      { title: "Queue", sort: "queue", cell: (job) => job.queue },
      { title: "State", sort: "state", cell: (job) => jobState(...(this.states[job.status] ?? ["waiting", job.status]), job.status) },
      { title: "Processors", sort: "processors", right: true, cell: (job) => (job.processors ? number(job.processors) : none()) },
      { title: "GPUs", sort: "gpus", right: true, cell: (job) => (job.gpus ? number(job.gpus) : none()) },
      { title: "Priority", sort: "priority", right: true, cell: (job) => known(job.priority) },
      { title: "Submitted", sort: "submitted", right: true, cell: time("submitted") },
      { title: "Started", sort: "started", right: true, cell: time("started") },
      { title: "Why it waits", kind: "job-error", cell: (job) => (job.error === null ? none() : cut(job.error)) },
    ];
    return new KeyedTable(this.section.querySelector("[data-jobs-place]"), {
      label: "Jobs", columns, keyOf, empty: "No job matches.",
      onSort: (name, isNumber) => this.sort(name, isNumber), detail: (job) => this.detail(job),
    });
  }

  detail(job) {
    const place = element("div", "job-detail");
    place.append(element("p", "hint", "Reading…"));
    this.details.set(keyOf(job), place);
    this.fill(job);
    return place;
  }

  async fill(job) {
    const place = this.details.get(keyOf(job));
    const asked = new URLSearchParams({ cluster: job.cluster, number: job.job_number, job: job.job_id });
    try {
      const { read } = await getJson(`/queues/job.json?${asked}`);
      const fresh = jobDetail(await read(), this.states);
      if (place.firstChild?.isEqualNode(fresh)) return;
      place.replaceChildren(fresh);
    } catch (problem) {
      if (problem.status === 404) place.replaceChildren(element("p", "hint", "This job is not in the newest snapshot any more."));
      else if (!place.querySelector("dl")) place.replaceChildren(element("p", "hint", "The job could not be read; close and open it again."));
    }
  }
}

const keyOf = (job) => `${job.cluster}\n${job.job_id}`;

function option(value, text) {
  const made = element("option", "", text);
  made.value = value;
  return made;
}

function cut(text) {
  const shown = element("span", "cut", text);
  shown.title = text;
  return shown;
}

function aged(seconds) {
  const shown = element("span", "nowrap", ago(seconds));
  shown.title = moment(seconds);
  return shown;
}

export function clusterLink(name) {
  const link = element("a", "", name);
  link.href = `/queues/${name.split("/").map(encodeURIComponent).join("/")}`;
  return link;
}

function jobDetail(job, states) {
  const [kind, words] = states[job.status] ?? ["waiting", job.status];
  const shown = element("dl", "job-fields");
  const add = (title, value) => {
    const pair = element("div");
    const cell = element("dd");
    cell.append(value);
    pair.append(element("dt", "", title), cell);
    shown.append(pair);
  };
  add("Name", job.name);
  add("Job", job.job_id);
  add("Cluster", clusterLink(job.cluster));
  add("User", userLink(job.user));
  add("State", jobState(kind, `${words} (${job.status})`, job.status));
  add("Queue", job.queue);
  if (job.error !== null) add(kind === "running" ? "Message" : "Why it waits", job.error);
  add("Priority", known(job.priority));
  add("Processors", number(job.processors));
  add("GPUs", number(job.gpus));
  add("Memory", size(job.memory_bytes));
  add("Submitted", job.submitted === null ? none() : moment(job.submitted));
  add("Started", job.started === null ? none() : moment(job.started));
  if (kind === "running" && job.started !== null) add("Runs for", lasting(Math.max(0, now() - job.started)));
  if (kind === "waiting" && job.submitted !== null) add("Waits for", lasting(Math.max(0, now() - job.submitted)));
  const nodes = element("span", "job-nodes");
  job.nodes.forEach((name, at) => nodes.append(at ? " " : "", hostLink(name, job.hosts[name])));
  add(some(job.n_nodes, "node"), job.nodes.length ? nodes : none());
  return shown;
}
