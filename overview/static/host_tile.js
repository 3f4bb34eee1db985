// One host: how full and how busy it is, how old its sample, and each of its troubles in words.
import { element } from "./cells.js";
import { statusElement } from "./status.js";
import { timeElement } from "./times.js";

const template = document.getElementById("host-tile");
const SHOWN_TROUBLES = 2;
const DISK = 3; // the fourth meter

export class HostTile {
  constructor(row) {
    this.place = template.content.firstElementChild.cloneNode(true);
    const part = (name) => this.place.querySelector(name);
    const meters = [...this.place.querySelectorAll(".tile-meters > div")];
    this.meters = meters.slice(0, 4).map((line) => ({ line, fill: line.querySelector(".meter > span"), number: line.querySelector(".tile-number") }));
    this.age = part(".tile-age");
    this.disk = part(".tile-disk");
    this.words = part(".tile-words");
    const link = part("a");
    const dot = row.name.indexOf(".");
    const [first, second] = link.children;
    first.textContent = dot === -1 ? row.name : row.name.slice(0, dot);
    second.textContent = dot === -1 ? "" : row.name.slice(dot);
    link.href = `/hosts/${encodeURIComponent(row.name)}`;
    link.title = row.name;  // long names are cut
    this.row = null;
    this.show(row);
  }

  /** Writes only what is not there already. */
  show(row) {
    const before = this.row;
    const changed = (...names) => before === null || names.some((name) => before[name] !== row[name]);
    this.row = row;
    if (changed("state")) this.place.dataset.state = row.state;
    if (changed("memory")) this.meter(0, row.memory, row.memory >= 90);
    if (changed("cpu")) this.meter(1, row.cpu, false);
    if (changed("gpus", "gpu")) {
      this.meters[2].line.hidden = row.gpus === 0;
      if (row.gpus > 0) this.meter(2, row.gpu, false, row.gpus > 1 ? `${row.gpus} × ` : "");
    }
    if (changed("mount", "left", "disk", "size", "time")) this.showDisk(row);
    if (changed("time")) this.age.replaceChildren(...(row.time === null ? ["no sample yet"] : [timeElement(row.time, "ago")]));
    if (changed("state", "words")) {
      const kinds = new Set(row.troubles.map(([kind]) => kind));
      this.place.classList.toggle("is-silent", kinds.has("silent"));
      for (const place of [this.disk, this.meters[DISK].number]) place.classList.toggle("low", kinds.has("disk"));
      this.meters[DISK].fill.parentElement.classList.toggle("high", kinds.has("disk"));
      this.showTroubles(row);
    }
  }

  meter(at, share, isHigh, before = "") {
    const { fill, number } = this.meters[at];
    fill.style.width = `${share ?? 0}%`;
    fill.parentElement.classList.toggle("high", isHigh);
    number.textContent = share === null ? "–" : `${before}${Math.round(share)} %`;
  }

  /** A bar where its size is known; else what is left. */
  showDisk({ mount, left, disk, size, time }) {
    const words = left === null
      ? (time === null ? "–" : "no answer")
      : `${space(left)} left${size === null ? "" : ` of ${space(size)}`}${mount === "" ? "" : ` on ${mount}`}`;
    const { line } = this.meters[DISK];
    line.hidden = disk === null;
    line.title = words;
    this.disk.parentElement.hidden = disk !== null;
    this.disk.textContent = words;
    this.disk.title = words;
    if (disk !== null) this.meter(DISK, disk, false);
  }

  showTroubles({ state, troubles }) {
    if (troubles.length === 0) {
      this.words.replaceChildren(statusElement("ok", "fine"));
      this.words.title = "";
      return;
    }
    const lines = troubles.slice(0, SHOWN_TROUBLES).map(([, severity, words]) => statusElement(state === "gone" ? "gone" : severity, words));
    const more = troubles.length - lines.length;
    if (more > 0) lines.push(element("span", "hint", `and ${more} more`));
    this.words.replaceChildren(...lines);
    this.words.title = troubles.map(([, , words]) => words).join("\n");
  }
}

const UNITS = [[1024 ** 3, "PiB"], [1024 ** 2, "TiB"], [1024, "GiB"]];

export function space(mib) {
  for (const [unit, name] of UNITS) {
    if (mib >= unit) {
      const amount = mib / unit;
      return `${amount.toFixed(amount < 10 ? 1 : 0)} ${name}`;
    }
  }
  return `${mib} MiB`;
}
