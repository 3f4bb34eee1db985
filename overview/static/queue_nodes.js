// All nodes of a cluster: a field of small squares at a glance, and a table with what stands behind each.
import { element, number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { KeyedTable } from "./keyed_table.js";
import { hostLink, nodeState, none, size, some } from "./queue_words.js";

export const NODE_VIEW = { nodes: "", node_kind: "all", node_sort: "", node_order: "asc" };
const KINDS = [["all", "All"], ["used", "In use"], ["free", "Free"], ["other", "Other"], ["out", "Out of service"]];
const SHOWN = 100;
const UNKNOWN = "Not known: what is read of this cluster tells of jobs alone.";
const SORTS = {
  name: ({ name }) => name, state: ({ state }) => state, load: ({ load }) => load, used: ({ n_running }) => n_running,
  procs: ({ n_procs }) => n_procs, gpus: ({ gpus_used }) => gpus_used, jobs: ({ job_ids }) => job_ids.length, memory: ({ memory_bytes }) => memory_bytes,
};
const inOrder = new Intl.Collator("en", { numeric: true });

export function showNodes(section, cluster, view, findJobs) {
  const search = section.querySelector("[data-nodes-search]");
  const more = section.querySelector("[data-nodes-more]");
  const kinds = section.querySelector("[data-node-kinds]");
  const map = section.querySelector("[data-node-map]");
  const buttons = new Map(KINDS.map(([kind, words]) => [kind, chip(kind, words)]));
  kinds.append(...buttons.values());
  search.value = view.get().nodes;
  let nodes = [];
  let limit = SHOWN;
  const table = new KeyedTable(section.querySelector("[data-nodes-place]"), {
    label: "Nodes", keyOf: ({ name }) => name, empty: "No node matches.", onSort: sort, detail: (node) => detailOf(node, findJobs),
    columns: [
      { title: "Node", sort: "name", cell: ({ name }) => name },
      { title: "State", sort: "state", cell: ({ kind, state }) => nodeState(kind, state) },
      { title: "Processors in use", sort: "used", right: true, cell: inUse },
      { title: "Load", sort: "load", right: true, cell: ({ load }) => (load === null ? none() : number(Math.round(load * 100) / 100)) },
      { title: "GPUs in use", sort: "gpus", right: true, cell: ({ gpus, gpus_used }) => (gpus ? `${number(gpus_used)} of ${number(gpus)}` : none()) },
      { title: "Memory", sort: "memory", right: true, cell: ({ memory_bytes }) => size(memory_bytes) },
      { title: "Jobs", sort: "jobs", right: true, cell: ({ job_ids }) => (job_ids.length ? number(job_ids.length) : none()) },
      { title: "Queues", cell: ({ queues }) => cut(queues.join(", ")) },
    ],
  });

  function chip(kind, words) {
    const button = element("button", "chip", `${words} `);
    button.type = "button";
    button.append(element("b", "", ""));
    button.addEventListener("click", () => { view.set({ node_kind: kind }); limit = SHOWN; show(); });
    return button;
  }

  function sort(name, isNumber) {
    const { node_sort: by, node_order: order } = view.get();
    view.set({ node_sort: name, node_order: by === name ? (order === "desc" ? "asc" : "desc") : isNumber ? "desc" : "asc" });
    show();
  }

  function show() {
    const { nodes: text, node_kind: kind, node_sort: by, node_order: order } = view.get();
    const wanted = text.toLowerCase();
    const texts = ({ name, state, queues }) => [name, state, ...queues];
    const matching = nodes.filter((node) => (kind === "all" || node.kind === kind) && (!wanted || texts(node).some((one) => one.toLowerCase().includes(wanted))));
    if (by in SORTS) matching.sort(compare(SORTS[by], order === "desc"));
    table.sortedBy(by, order === "desc");
    const shown = matching.slice(0, limit);
    table.show(shown);
    for (const [name, button] of buttons) {
      const count = name === "all" ? nodes.length : nodes.filter((node) => node.kind === name).length;
      button.setAttribute("aria-pressed", String(name === kind));
      button.hidden = count === 0 && name !== "all";
      button.lastChild.textContent = number(count);
    }
    for (const part of section.querySelectorAll("[data-with-nodes]")) part.hidden = nodes.length === 0;
    section.querySelector("[data-nodes-count]").textContent = nodes.length === 0 ? UNKNOWN : matching.length === nodes.length ? some(nodes.length, "node") : `${number(matching.length)} of ${some(nodes.length, "node")}`;
    more.hidden = shown.length === matching.length;
    more.querySelector("[data-nodes-shown]").textContent = `The first ${number(shown.length)} of ${number(matching.length)}`;
  }

  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { view.set({ nodes: search.value.trim() }); show(); }, 120);
  });
  more.querySelector("button").addEventListener("click", () => { limit = Infinity; show(); });
  map.addEventListener("click", (event) => {
    const square = event.target.closest("[data-node]");
    if (!square) return;
    search.value = square.dataset.node;
    view.set({ nodes: square.dataset.node, node_kind: "all" });
    show();
    if (!table.opened.has(square.dataset.node)) table.toggle(square.dataset.node);
  });

  watchFeed(`/queues/nodes.json?cluster=${encodeURIComponent(cluster)}`, ({ fields, rows }) => {
    nodes = rows.map((row) => Object.fromEntries(fields.map((name, at) => [name, row[at]])));
    drawMap(map, nodes);
    show();
  }, { topics: ["queues"] });
}

// A square for each node: how strong its colour says how much is in use; who is out of service is crossed, free is empty.
function drawMap(map, nodes) {
  nodes.forEach((node, at) => {
    const part = node.n_procs ? Math.min(1, node.n_running / node.n_procs) : 0;
    const step = node.kind === "out" ? "out" : node.kind === "free" && part === 0 ? "free" : String(Math.ceil(part * 4));
    const label = `${node.name}: ${node.state}, ${number(node.n_running)} of ${number(node.n_procs)} processors in use`;
    let square = map.children[at];
    if (!square) {
      square = element("button", "node");
      square.type = "button";
      square.tabIndex = -1; // the table below says the same to the keyboard
      map.append(square);
    }
    if (square.title === label && square.dataset.step === step) return;
    square.dataset.node = node.name;
    square.dataset.step = step;
    square.title = label;
    square.setAttribute("aria-label", label);
  });
  while (map.children.length > nodes.length) map.lastElementChild.remove();
}

function compare(value, descending) {
  return (one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return (a === null) - (b === null); // what is not known comes last
    const order = typeof a === "string" ? inOrder.compare(a, b) : a - b;
    return descending ? -order : order;
  };
}

function inUse({ n_running: used, n_procs: all }) {
  const shown = element("span", "meter-cell");
  const meter = element("meter");
  meter.max = Math.max(1, all);
  meter.value = used;
  meter.setAttribute("aria-hidden", "true");
  shown.append(`${number(used)} of ${number(all)} `, meter);
  return shown;
}

function cut(text) {
  const shown = element("span", "cut", text || "–");
  shown.title = text;
  return shown;
}

function detailOf(node, findJobs) {
  const shown = element("div", "job-detail");
  const line = element("p", "node-jobs");
  if (node.host) {
    const link = hostLink(`${node.name} on Hosts`, node.host);
    shown.append(link);
  }
  if (node.job_ids.length === 0) line.append(element("span", "hint", "No job runs on it."));
  else line.append(element("span", "hint", `${some(node.job_ids.length, "job")}: `));
  for (const id of node.job_ids) {
    const button = element("button", "job-chip", id);
    button.type = "button";
    button.addEventListener("click", () => findJobs(id));
    line.append(button, " ");
  }
  shown.append(line);
  return shown;
}
