// The past of a cluster by user: stacked areas or lines, in the styles of the bar beside them.
import { number } from "./cells.js";
import { getJson } from "./feed.js";
import { AMOUNTS, clockOf, draw, framed, sayInstead, styleOf, timeTicks } from "./plots.js";

const PATTERNS = ["", "/", ".", "\\", "-", "|", "x", "+"];
const TITLES = { procs: "Processors", gpus: "GPUs", jobs: "Jobs" };
const TRY_AGAIN = 15_000;
const STYLES_OF_JOBS = new Map([["running", 0], ["waiting", 1]]);

// Twenty clusters may come into view at once: one is drawn after the other, and the page stays fluent meanwhile.
let turn = Promise.resolve();
function inTurn(task) {
  const done = turn.then(() => new Promise((ready) => setTimeout(ready))).then(task);
  turn = done.catch(() => null); // said where it is awaited; the others go on
  return done;
}

export class History {
  constructor(place, cluster, { view, stylesOf }) {
    Object.assign(this, { place, cluster, view, stylesOf });
    this.near = false;
    this.shown = null;
    this.wanted = null;
    this.feed = null;
    const watch = new IntersectionObserver(([entry]) => {
      this.near = entry.isIntersecting;
      if (this.near) this.show();
    }, { rootMargin: "500px 0px" });
    watch.observe(place);
  }

  // `time` is that of the newest snapshot: nothing is asked for when it is the one that is drawn.
  update(time) {
    const { range, of } = this.view();
    this.wanted = `${range} ${of} ${time}`;
    if (this.near) this.show();
  }

  async show() {
    const { range, of, look } = this.view();
    const wanted = this.wanted;
    if (wanted === null || this.shown === `${wanted} ${look}`) return;
    if (this.read !== wanted) {
      const asked = `/queues/history.json?cluster=${encodeURIComponent(this.cluster)}&range=${range}&of=${of}`;
      try {
        const { read, again } = await getJson(asked);
        const feed = await read();
        if (this.wanted !== wanted) return;
        this.feed = feed;
        this.read = wanted;
        if (again > 0) setTimeout(() => this.readAgain(wanted), again * 1000 + 200);
      } catch {
        if (this.feed === null) sayInstead(this.place, "The past could not be read. It is asked for again soon.");
        clearTimeout(this.trying);
        this.trying = setTimeout(() => this.near && this.show(), TRY_AGAIN);
        return; // a plot that stands stays until then
      }
    }
    await inTurn(() => {
      if (!this.near || this.wanted !== wanted || this.view().look !== look) return null; // shown when it comes near again
      this.shown = `${wanted} ${look}`;
      return this.draw(range, of, look);
    });
  }

  // The server rested before it would make this anew.
  readAgain(wanted) {
    if (this.read !== wanted) return;
    this.read = this.shown = null;
    if (this.near) this.show();
  }

  draw(range, of, look) {
    const { feed } = this;
    const nothing = wordsOfNothing(feed);
    if (nothing !== null) {
      sayInstead(this.place, nothing);
      return null;
    }
    const areas = look === "areas";
    const styles = of === "jobs" ? STYLES_OF_JOBS : stylesFor(feed.lines, this.stylesOf());
    const { time, holes } = withHoles(feed.time);
    const stretched = (values) => time.map(({ at }) => (at === null ? null : values[at]));
    const moments = time.map(({ moment }) => moment);
    const { dates, axis } = clockOf([...moments, ...feed.range]);
    const x = dates(moments);
    return draw(this.place, (now) => {
      const line = ({ name, values }, { colour, dash }, pattern) => ({
        type: "scatter", mode: feed.time.length < 2 ? "markers" : "lines", name: escapeText(name), x, y: stretched(values), connectgaps: false,
        line: { color: areas ? now.surface : colour, dash: areas ? "solid" : dash, width: areas ? 0.8 : 2, shape: "hv" }, marker: { color: colour, size: 9 }, cliponaxis: feed.time.length > 1,
        ...(areas ? { stackgroup: "all", fillcolor: colour, fillpattern: { shape: pattern, bgcolor: colour, fgcolor: now.surface, size: 6, solidity: 0.22 } } : {}),
        hovertemplate: "%{y:,}<extra>%{fullData.name}</extra>",
      });
      const data = feed.lines.map((one) => line(one, styleOf(now, styles.get(one.name)), PATTERNS[styles.get(one.name) % PATTERNS.length]));
      if (feed.others) data.push(line({ name: `${number(feed.others.users)} others`, values: feed.others.values }, { colour: now.soft, dash: "dot" }, "."));
      if (areas && feed.whole?.some((count) => count > 0)) data.push({ // a log of jobs tells of no whole
        type: "scatter", mode: "lines", name: "all there are", x, y: stretched(feed.whole), line: { color: now.reference, dash: "dash", width: 1.5, shape: "hv" },
        hovertemplate: "%{y:,}<extra>all there are</extra>",
      });
      return {
        data,
        layout: framed(now, {
          height: this.place.clientHeight || 280, uirevision: `${this.cluster} ${range} ${of}`, hovermode: "x unified", showlegend: true,
          legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, traceorder: "normal", font: { size: 11, color: now.ink } },
          margin: { l: 12, r: 12, t: 12, b: 12 },
          hoverlabel: { ...now.layout.hoverlabel, font: { ...now.layout.hoverlabel.font, size: 11 } },
          annotations: annotation(feed, now),
          shapes: holes.map(([from, to]) => ({ type: "rect", x0: dates([from])[0], x1: dates([to])[0], yref: "paper", y0: 0, y1: 1, fillcolor: now.line, opacity: 0.35, line: { width: 0 }, layer: "above" })),
          xaxis: { type: "date", range: dates(feed.range), ...timeTicks(this.place), ...axis },
          yaxis: { title: { text: TITLES[of] }, rangemode: "tozero", ...AMOUNTS, nticks: 5 },
        }),
      };
    });
  }
}

// Where no point is to be drawn: axes around nothing would look as if something failed.
function wordsOfNothing({ time, lines }) {
  if (time.length === 0) return "No snapshot in this time.";
  return time.length === 1 && lines.length === 0 ? "One snapshot so far, and nobody in it: the past begins with the next." : null;
}

// What a plot of hardly anything is to say.
function annotation({ time, lines }, now) {
  const text = time.length === 1 ? "One snapshot so far: lines begin with the next" : lines.length === 0 ? "Nothing in this time" : null;
  if (text === null) return [];
  return [{ text, xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false, font: { color: now.soft, size: 13 } }];
}

// Whoever is in the bar keeps its style; the others take what is left.
function stylesFor(lines, ofBar) {
  const styles = new Map(lines.filter(({ name }) => ofBar.has(name)).map(({ name }) => [name, ofBar.get(name)]));
  const taken = new Set(styles.values());
  const left = PATTERNS.map((_, style) => style).filter((style) => !taken.has(style));
  for (const { name } of lines) if (!styles.has(name)) styles.set(name, left.shift() ?? styles.size);
  return styles;
}

// Where nothing was collected for long: no line is drawn through it, and the hole is shaded.
function withHoles(times) {
  const steps = times.slice(1).map((one, at) => one - times[at]).sort((a, b) => a - b);
  const usual = steps.length ? steps[Math.floor(steps.length / 2)] : 0;
  const time = [];
  const holes = [];
  times.forEach((moment, at) => {
    const before = at === 0 ? moment : times[at - 1];
    if (moment - before > Math.max(3.5 * usual, 600)) {
      holes.push([before, moment]);
      time.push({ moment: before + 1, at: null }, { moment: moment - 1, at: null });
    }
    time.push({ moment, at });
  });
  return { time, holes };
}

function escapeText(text) { return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"); }
