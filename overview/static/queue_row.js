// One cluster's numbers on the page: written anew where they changed, and only there.
import { element, number } from "./cells.js";
import { getJson } from "./feed.js";
import { some, hostLink, userLink } from "./queue_words.js";
import { isAhead, now, timeElement } from "./times.js";

const SVG = "http://www.w3.org/2000/svg";
const LOOKS = {
  fresh: ["ready", "M3.5 8.5l3 3 6-7", "up to date"],
  old: ["starting", "M8 4v4l2.5 2M8 2a6 6 0 1 0 6 6", "not seen for long"],
  partial: ["starting", "M8 4v4l2.5 2M8 2a6 6 0 1 0 6 6", "partly read"],
  unreachable: ["failed", "M4.5 4.5l7 7M11.5 4.5l-7 7", "unreachable"],
  ahead: ["starting", "M8 4v4l2.5 2M8 2a6 6 0 1 0 6 6", "its clock is ahead"],
  none: ["unseen", "M4 8h8", "only ended jobs known"],
};

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function stateOf(row) {
  if (row.error !== null) return row.partial ? "partial" : "unreachable";
  if (row.time === null) return "none";
  if (isAhead(row.time)) return "ahead";
  return now() - row.time > row.stale_after ? "old" : "fresh";
}

export function showState(card, row) {
  const state = stateOf(row);
  const [look, path, words] = LOOKS[state];
  card.classList.toggle("queue-old", state === "old" || state === "unreachable");
  const place = card.querySelector('[data-row="status"]');
  if (place.textContent !== words) {
    const icon = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
    icon.append(svg("path", { d: path }));
    place.className = `state state-${look}`;
    place.replaceChildren(icon, words);
  }
}

export class ClusterRow {
  constructor(card, row = null) {
    this.card = card;
    this.name = card.dataset.cluster;
    this.row = row;
    this.free = card.querySelector("[data-free]");
    this.free?.addEventListener("toggle", () => { if (this.free.open) this.showFree(); });
  }

  update(row) {
    const before = this.row;
    this.row = row;
    showState(this.card, row);
    if (before && JSON.stringify(before) === JSON.stringify(row)) return;
    const seen = this.card.querySelector('[data-row="seen"]');
    if (row.time !== null && seen.querySelector("time")?.dateTime !== new Date(row.time * 1000).toISOString()) {
      seen.replaceChildren("seen ", timeElement(row.time, "ago"));
    }
    this.card.querySelector('[data-row="problem"]').hidden = row.error === null;
    this.write("error", row.error ?? "");
    this.write("remedy", row.remedy ?? "");
    this.write("running", number(row.jobs.running));
    this.write("waiting", number(row.jobs.waiting));
    this.write("procs", number(row.procs.used));
    const known = row.nodes.total > 0; // a log of jobs tells of no nodes, and so of no whole
    this.write("procs-of", known ? `of ${number(row.procs.total)}` : "");
    this.card.querySelector('[data-row="gpus-fact"]').hidden = row.gpus.total === 0;
    this.write("gpus", number(row.gpus.used));
    this.write("gpus-of", known ? `of ${number(row.gpus.total)}` : "");
    this.card.querySelector('[data-row="no-nodes"]').hidden = known;
    this.card.querySelector('[data-row="with-nodes"]').hidden = !known;
    this.write("nodes", some(row.nodes.total, "node"));
    this.write("free-nodes", some(row.nodes.kinds.free, "free node"));
    this.write("free-procs", some(row.procs.free, "processor"));
    this.bar("procs", row.proc_parts);
    this.bar("nodes", row.node_parts);
    if (this.free?.open) this.showFree();
  }

  write(name, text) {
    const place = this.card.querySelector(`[data-row="${name}"]`);
    if (place.textContent !== text) place.textContent = text;
  }

  bar(name, parts) {
    const shown = parts.filter(([, , count]) => count > 0);
    const total = shown.reduce((sum, [, , count]) => sum + count, 0);
    let at = 0;
    const rects = shown.map(([style, , count]) => {
      const rect = svg("rect", { x: `${(100 * at / total).toFixed(3)}%`, width: `${(100 * count / total).toFixed(3)}%`, height: "22", fill: `url(#queue-style-${style})` });
      at += count;
      return rect;
    });
    keepEqual(this.card.querySelector(`[data-bar="${name}"]`), rects);
    keepEqual(this.card.querySelector(`[data-legend="${name}"]`), shown.map(([style, label, count]) => {
      const item = element("li");
      const swatch = svg("svg", { class: "swatch", width: "12", height: "12", "aria-hidden": "true", focusable: "false" });
      swatch.append(svg("rect", { width: "12", height: "12", fill: `url(#queue-style-${style})` }));
      item.append(swatch, typeof style === "number" ? userLink(label) : element("span", "", label), " ", element("b", "", number(count)));
      return item;
    }));
  }

  async showFree() {
    const place = this.card.querySelector("[data-free-list]");
    try {
      const { read } = await getJson(`/queues/free.json?cluster=${encodeURIComponent(this.name)}`);
      const { nodes } = await read();
      const items = nodes.map((node) => {
        const item = element("li");
        const left = Math.max(0, node.n_procs - node.n_running);
        const gpus = node.gpus ? `, ${some(Math.max(0, node.gpus - node.gpus_used), "GPU")}` : "";
        item.append(hostLink(node.name, node.host), ` ${some(left, "processor")}${gpus}`);
        return item;
      });
      let list = place.querySelector("ul");
      if (!list || items.length === 0) {
        list = element("ul", "numbers");
        place.replaceChildren(items.length ? list : element("p", "hint", "No node is free now."));
      }
      keepEqual(list, items);
    } catch {
      place.replaceChildren(element("p", "hint", "The free nodes could not be read; close and open this again."));
    }
  }
}

// Children that are equal to what they should be stay: focus and pointer are on them.
export function keepEqual(place, wanted) {
  wanted.forEach((one, at) => {
    const there = place.children[at];
    if (!there) place.append(one);
    else if (!there.isEqualNode(one)) there.replaceWith(one);
  });
  while (place.children.length > wanted.length) place.lastElementChild.remove();
}
