// All hosts as tiles: which are shown, in which order, by hardware or not. Tiles are made once, moved only when
// their order changed, and those far below a moment later than those in sight.
import { element, number } from "./cells.js";
import { HostTile } from "./host_tile.js";

const RANK = { serious: 0, warning: 1, ok: 2, gone: 3 };
const IN_SIGHT = 100;
const AT_ONCE = 700;
// On a phone each tile has a line of its own: of thousands it shows so many, and more when asked to.
const AT_FIRST = 100;
const MORE = 400;
const narrow = matchMedia("(max-width: 40rem)");
const names = new Intl.Collator("en", { numeric: true });
const high = (value) => (value === null ? -1 : value);
// No answer first, then by the share that is used; where no size is known, behind those, by what is left.
const fullness = (row) => (row.left === null && row.time !== null ? Infinity : high(row.disk));

const ORDERS = {
  // Of the silent ones those come first that fell silent just now.
  trouble: (one, other) => RANK[one.state] - RANK[other.state] || one.kindRank - other.kindRank || (one.kindRank === 0 ? high(other.time) - high(one.time) : 0),
  name: () => 0,
  memory: (one, other) => high(other.memory) - high(one.memory),
  cpu: (one, other) => high(other.cpu) - high(one.cpu),
  disk: (one, other) => fullness(other) - fullness(one) || high(one.left) - high(other.left),
  age: (one, other) => high(one.time) - high(other.time),
};
const KINDS = ["silent", "late", "disk", "memory", "cpu", "clock"];

const SHOWN = {
  all: () => true,
  trouble: (row) => row.troubles.length > 0,
  fine: (row) => row.troubles.length === 0,
};
const isOf = (row, trouble) => (SHOWN[trouble] ?? ((one) => one.troubles.some(([kind]) => kind === trouble)))(row);

export function rowsOf({ columns, troubles, groups }) {
  const fields = Object.entries(columns);
  return columns.name.map((_, at) => {
    const row = Object.fromEntries(fields.map(([name, values]) => [name, values[at]]));
    row.troubles = troubles[at] ?? [];
    row.words = row.troubles.map((one) => one.join(" ")).join("\n");
    row.kindRank = row.troubles.length === 0 ? KINDS.length : KINDS.indexOf(row.troubles[0][0]);
    row.group = row.group === -1 ? "" : groups[row.group].name;
    return row;
  });
}

export class HostTiles {
  constructor(place, onArranged) {
    this.place = place;
    this.onArranged = onArranged;
    this.tiles = new Map();
    this.lists = new Map();
    this.rows = [];
    this.nameOrder = new Map();
    this.grouped = null;
    this.turn = 0;
    this.most = AT_FIRST;
    this.chosen = null;
    this.more = element("button", "button tiles-more");
    this.more.type = "button";
    this.more.hidden = true;
    this.more.addEventListener("click", () => this.showMore());
    place.after(this.more);
    narrow.addEventListener("change", () => { if (this.chosen !== null) this.arrange(this.chosen); });
  }

  /** New samples: tiles that changed are written anew. True when hosts came, went, or changed their rank. */
  update(rows) {
    const before = new Map(this.rows.map((row) => [row.name, row]));
    this.rows = rows;
    const isNew = rows.length !== before.size || rows.some((row) => !before.has(row.name));
    if (isNew) {
      const sorted = rows.map((row) => row.name).sort(names.compare);
      this.nameOrder = new Map(sorted.map((name, at) => [name, at]));
      for (const name of [...this.tiles.keys()]) if (!this.nameOrder.has(name)) this.tiles.delete(name);
    }
    for (const row of rows) this.tiles.get(row.name)?.show(row);
    return isNew || rows.some((row) => {
      const was = before.get(row.name);
      return was.state !== row.state || was.kindRank !== row.kindRank || was.group !== row.group;
    });
  }

  /** Shows what `chosen` says, in its order; resolves when all tiles stand. */
  async arrange(chosen) {
    const { q, trouble, sort, hardware, view } = chosen;
    this.chosen = chosen;
    const turn = ++this.turn;
    const wanted = q.trim().toLowerCase();
    const shown = this.rows.filter((row) => isOf(row, trouble) && (hardware === "" || row.group === hardware)
      && (wanted === "" || row.name.toLowerCase().includes(wanted)));
    const order = ORDERS[sort] ?? ORDERS.trouble;
    shown.sort((one, other) => order(one, other) || this.nameOrder.get(one.name) - this.nameOrder.get(other.name));
    this.onArranged(shown.length, this.rows.length);
    const parts = this.cut(this.parts(shown, view === "hardware"), shown.length);
    let made = 0;
    for (const { list, rows } of parts) {
      const wantedTiles = new Set(rows.map((row) => this.tiles.get(row.name)?.place));
      for (const tile of [...list.children]) if (!wantedTiles.has(tile)) tile.remove();
      let at = list.firstElementChild;
      for (const row of rows) {
        // To move tiles costs little; what costs is to make them.
        if (!this.tiles.has(row.name)) {
          if (made >= IN_SIGHT && (made - IN_SIGHT) % AT_ONCE === 0) {
            await new Promise((resolve) => { setTimeout(resolve, 0); });
            if (turn !== this.turn) return;
          }
          made += 1;
        }
        const tile = this.tile(row);
        if (tile === at) at = at.nextElementSibling;
        else this.move(() => list.insertBefore(tile, at), tile);
      }
    }
    this.place.removeAttribute("aria-busy");
  }

  /** Only as many rows as there is room for; the button says how many more there are. */
  cut(parts, total) {
    let left = narrow.matches ? this.most : Infinity;
    const hidden = Math.max(0, total - left);
    this.more.hidden = hidden === 0;
    if (hidden > 0) this.more.textContent = `Show ${number(Math.min(MORE, hidden))} more of ${number(total)}`;
    return parts.map(({ section, list, rows }) => {
      const fitting = rows.slice(0, left);
      left -= fitting.length;
      section.hidden = fitting.length === 0;
      return { list, rows: fitting };
    });
  }

  async showMore() {
    const next = this.most;
    this.most += MORE;
    await this.arrange(this.chosen);
    this.place.querySelectorAll(".tile a")[next]?.focus({ preventScroll: true });
  }

  tile(row) {
    let tile = this.tiles.get(row.name);
    if (tile === undefined) {
      tile = new HostTile(row);
      this.tiles.set(row.name, tile);
    }
    return tile.place;
  }

  /** The keyboard stays where it is: what is moved loses it otherwise. */
  move(doMove, tile) {
    const focused = tile.contains(document.activeElement) ? document.activeElement : null;
    doMove();
    focused?.focus({ preventScroll: true });
  }

  /** The lists that rows go into: one, or one for each hardware with its name above. */
  parts(shown, grouped) {
    if (grouped !== this.grouped) {
      this.place.replaceChildren();
      this.lists.clear();
      this.grouped = grouped;
    }
    const byGroup = new Map();
    for (const row of shown) {
      const group = grouped ? row.group : "all";
      if (!byGroup.has(group)) byGroup.set(group, []);
      byGroup.get(group).push(row);
    }
    for (const [group, { section }] of this.lists) {
      if (!byGroup.has(group)) { section.remove(); this.lists.delete(group); }
    }
    // Those with trouble come first: in the order in which rows do.
    let at = this.place.firstElementChild;
    return [...byGroup].map(([group, rows]) => {
      const known = this.lists.get(group) ?? this.list(group);
      if (grouped) known.title.lastChild.textContent = `${rows.length.toLocaleString("en")} host${rows.length === 1 ? "" : "s"}`;
      if (known.section === at) at = at.nextElementSibling;
      else this.place.insertBefore(known.section, at);
      return { ...known, rows };
    });
  }

  list(group) {
    const section = element("section", "tile-group");
    const title = element("h3", "tile-group-title", `${group === "" ? "Hardware unknown" : group} `);
    title.append(element("span", "hint numbers"));
    const list = element("ul", "tiles");
    list.setAttribute("role", "list");
    section.append(...(group === "all" ? [list] : [title, list]));
    const made = { section, title, list };
    this.lists.set(group, made);
    return made;
  }
}
