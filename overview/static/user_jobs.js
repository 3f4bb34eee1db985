// One user's jobs on all clusters, for the page about that user: what runs and waits, and what ended lately.
import { element, number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { KeyedTable } from "./keyed_table.js";
import { AMOUNTS, draw, framed, styleOf } from "./plots.js";
import { finishedColumns, objects } from "./queue_finished.js";
import { clusterLink } from "./queue_jobs.js";
import { hours, jobState, known, none, some } from "./queue_words.js";
import { ago, moment } from "./times.js";

const PATTERNS = ["", "/", ".", "\\", "-", "|", "x", "+"];

// Fills `place`, a section that is hidden while there is nothing of `user`, and keeps it fresh.
export async function showUserJobs(place, user) {
  place.hidden = true;
  const style = element("link");
  style.rel = "stylesheet";
  style.href = new URL("./queues.css", import.meta.url).href;
  document.head.append(style);
  let parts = null;
  await new Promise((shown) => {
    watchFeed(`/queues/users/${encodeURIComponent(user)}.json`, async (feed) => {
      const has = feed.now.total > 0 || feed.finished.clusters.length > 0;
      place.hidden = !has;
      if (has) {
        parts ??= new Parts(place, user);
        await parts.show(feed);
      }
      shown();
    }, { topics: ["queues"] });
    setTimeout(shown, 10_000); // a page that waits for us goes on
  });
}

class Parts {
  constructor(place, user) {
    this.user = user;
    this.count = element("p", "hint numbers");
    const head = element("div", "section-head");
    const title = element("div");
    title.append(element("h2", "", "Jobs"), this.count);
    const all = element("a", "", "All jobs on Queues");
    all.href = `/queues?user=${encodeURIComponent(user)}#jobs`;
    head.append(title, all);
    this.now = this.card("Running and waiting", "Running and waiting jobs");
    this.hours = element("div", "user-hours");
    this.finished = this.card("Ended lately", "Jobs that ended lately");
    place.replaceChildren(head, this.now.card, this.hours, this.finished.card);
    place.classList.add("user-jobs");
    this.states = {};
    this.plots = {};
  }

  card(title, label) {
    const card = element("div", "card table-card");
    const tools = element("div", "table-tools");
    const heading = element("div");
    const note = element("p", "hint numbers");
    heading.append(element("h3", "", title), note);
    tools.append(heading);
    const scroll = element("div", "scroll user-jobs-scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", label);
    card.append(tools, scroll);
    return { card, scroll, note, tools };
  }

  async show({ now, finished }) {
    this.states = { ...this.states, ...now.states };
    const jobs = objects(now);
    const kinds = { running: 0, waiting: 0, ended: 0 };
    for (const job of jobs) kinds[this.states[job.status][0]] += 1;
    write(this.count, now.total > jobs.length ? `${some(now.total, "job")}, the newest ${number(jobs.length)} are shown`
      : `${number(kinds.running)} running, ${number(kinds.waiting)} waiting`);
    this.now.card.hidden = jobs.length === 0;
    this.nowTable ??= new KeyedTable(this.now.scroll, { label: "Running and waiting jobs", keyOf: (job) => `${job.cluster}\n${job.job_id}`, columns: this.columns() });
    this.nowTable.show(jobs);
    this.finished.card.hidden = finished.jobs.rows.length === 0;
    this.endedTable ??= new KeyedTable(this.finished.scroll, {
      label: "Jobs that ended lately", keyOf: (job) => `${job.cluster}\n${job.job_id}\n${job.ended}`, columns: finishedColumns(true),
    });
    const ended = objects(finished.jobs);
    this.endedTable.show(ended);
    const all = finished.clusters.reduce((total, { jobs: count }) => total + count, 0);
    const sum = (name) => finished.clusters.reduce((total, one) => total + one[name].reduce((a, b) => a + b, 0), 0);
    write(this.finished.note, `${some(all, "job")} in four weeks: ${hours(sum("cpu_hours"))} CPU hours, ${hours(sum("gpu_hours"))} GPU hours${all > ended.length ? `; the newest ${number(ended.length)}` : ""}`);
    // At once: each is drawn as wide as the other leaves it.
    await Promise.all([this.bars("cpu_hours", "CPU hours a day", finished), this.bars("gpu_hours", "GPU hours a day", finished)]);
  }

  columns() {
    const time = (name) => (job) => (job[name] === null ? none() : aged(job[name]));
    return [
      { title: "Job", cell: (job) => job.job_id },
      { title: "Cluster", cell: (job) => clusterLink(job.cluster) },
      { title: "Name", cell: (job) => cut(job.name) },
      { title: "Queue", cell: (job) => job.queue },
      { title: "State", cell: (job) => jobState(...this.states[job.status], job.status) },
      { title: "Processors", right: true, cell: (job) => (job.processors ? number(job.processors) : none()) },
      { title: "GPUs", right: true, cell: (job) => (job.gpus ? number(job.gpus) : none()) },
      { title: "Priority", right: true, cell: (job) => known(job.priority) },
      { title: "Submitted", right: true, cell: time("submitted") },
      { title: "Started", right: true, cell: time("started") },
      { title: "Why it waits", cell: (job) => (job.error === null ? none() : cut(job.error)) },
    ];
  }

  async bars(name, title, { days, clusters }) {
    const with_ = clusters.filter((one) => one[name].some((amount) => amount > 0));
    let figure = this.plots[name];
    if (with_.length === 0) { if (figure) figure.hidden = true; return; }
    if (!figure) {
      figure = element("figure", "card chart");
      const caption = element("figcaption");
      caption.append(element("h3", "", title));
      const plot = element("div", "user-hours-plot");
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-label", `${title} of ${this.user}: the sums stand above the ended jobs`);
      figure.append(caption, plot);
      this.hours.append(figure);
      this.plots[name] = figure;
    }
    figure.hidden = false;
    // Days are those of UTC: their names go in as texts, which Plotly moves to no other zone.
    const x = days.map((day) => new Date(day * 1000).toISOString().slice(0, 10));
    await draw(figure.lastChild, (now) => ({
      data: with_.map((one) => {
        const at = clusters.indexOf(one);
        return {
          type: "bar", name: escapeText(one.cluster), x, y: one[name],
          marker: { color: styleOf(now, at).colour, pattern: { shape: PATTERNS[at % PATTERNS.length], bgcolor: styleOf(now, at).colour, fgcolor: now.surface, size: 6, solidity: 0.25 } },
          hovertemplate: "%{y:,.1f}<extra>%{fullData.name}</extra>",
        };
      }),
      layout: framed(now, {
        height: 220, barmode: "stack", bargap: 0.15, hovermode: "x unified", uirevision: name, showlegend: with_.length > 1,
        legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, traceorder: "normal" },
        margin: { l: 12, r: 12, t: 12, b: 12 }, xaxis: { type: "date" }, yaxis: { rangemode: "tozero", ...AMOUNTS, nticks: 5 },
      }),
    }));
  }
}

function write(place, text) { if (place.textContent !== text) place.textContent = text; }

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

function escapeText(text) { return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"); }
