// The storage page: one feed fills the table, the totals and, when it changes, the bubbles; growth and quotas
// have feeds of their own.
import { BubblePlots } from "./bubbles.js";
import { element, number } from "./cells.js";
import { watchFeed } from "./feed.js";
import { showGrowth } from "./storage_growth.js";
import { showStorageParts } from "./storage_parts.js";
import { timeElement } from "./times.js";
import { UsersTable } from "./users_table.js";

let table = null;
let plots = null;
let newest = null;
let places = new Map();

async function onFeed(feed) {
  if (feed.columns.user.length === 0) return;
  const shownVolumes = [...document.querySelectorAll("[data-bubbles]")].map((place) => place.dataset.bubbles);
  if (document.getElementById("facts").hidden || feed.volumes.some(({ name }) => !shownVolumes.includes(name))) {
    location.reload(); // the first data, or a volume that the page does not know: it is laid out anew
    return;
  }
  places = new Map(feed.columns.user.map((user, at) => [user, at]));
  newest = feed;
  showTotals(feed);
  if (table === null) {
    table = new UsersTable("#users-table", feed);
    plots = new BubblePlots({
      onUser: (user) => table.open(user),
      onCrowd: (volume, crowd) => table.showCrowd(volume, crowd),
      placeOf: (user, volume) => placeOf(newest, user, volume),
    });
    table.onOpened = (user) => plots.choose(user);
    await table.ready;
  } else {
    await table.update(feed);
  }
  await plots.refresh();
}

function placeOf(feed, user, volume) {
  const at = places.get(user);
  const found = feed.volumes.find(({ name }) => name === volume);
  if (at === undefined || found === undefined || found.gb[at] === null) return null;
  return { gb: found.gb[at], files: found.files[at] };
}

function showTotals(feed) {
  for (const [volume, total] of Object.entries(feed.totals)) {
    const card = [...document.querySelectorAll("[data-volume-total]")].find((one) => one.dataset.volumeTotal === volume);
    if (!card) continue;
    card.querySelector("[data-plural]").textContent = total.users === 1 ? "user" : "users";
    for (const name of ["gb", "files", "users"]) card.querySelector(`[data-total="${name}"]`).textContent = amount(total[name]);
    showFill(card.querySelector("[data-volume-fill]"), feed.fills[volume]);
  }
  const { listed, state } = feed.columns;
  const hasData = feed.columns.user.map((_, at) => feed.volumes.some((volume) => volume.gb[at] !== null));
  count("all", listed.length);
  count("no-data", listed.filter((one, at) => one && !hasData[at]).length);
  const over = feed.columns.over.filter((one) => one === 1).length;
  count("over", over);
  document.querySelector('[data-filter="over"]').hidden = over === 0;
  count("not-listed", listed.includes(1) ? listed.filter((one) => !one).length : 0);
  document.querySelector("[data-rejected]").textContent = number(feed.rejected);
  document.querySelector("[data-rejected-card]").classList.toggle("stat-warn", feed.rejected > 0);
  if (feed.newest_time !== null) {
    document.getElementById("freshness").replaceChildren(
      "Newest sample ", timeElement(feed.newest_time, "time"), ", ", noWrap(timeElement(feed.newest_time, "ago")));
  }
}

function showFill(place, fill) {
  if (place === null || fill === undefined) return; // told since: the next visit shows it
  place.className = `volume-fill quota-${fill.level}`;
  place.querySelector(".quota-fill").setAttribute("width", Math.round(1000 * Math.min(fill.share, 1)));
  place.querySelector("[data-fill-words]").textContent = fill.words;
}

function noWrap(...parts) {
  const made = element("span", "nowrap");
  made.append(...parts);
  return made;
}

// Short, of sums: a tenth matters below a hundred, nothing behind the point above it.
function amount(value) { return number(Math.abs(value) < 100 ? Math.round(10 * value) / 10 : Math.round(value)); }

function count(name, amount) { document.querySelector(`[data-count="${name}"]`).textContent = number(amount); }

watchFeed("/storage/table.json", onFeed, { topics: ["storage", "dashboards", "collection"] });
showGrowth();
showStorageParts();
