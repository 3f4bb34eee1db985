// The I/O page: one feed of the chosen range and grouping fills it all.
import { watchFeed } from "./feed.js";
import { Ranking, machineLink, userLink } from "./io_ranking.js";
import { drawSizes, showSizes, sizeWords, sizesLabel } from "./io_sizes.js";
import { Choice, fact, pointTables, showLate, showNewest } from "./io_state.js";
import { drawTime, showGroups, timeNote, timeWords } from "./io_time.js";
import { showWeek } from "./io_week.js";
import { count } from "./io_words.js";
import { timeElement } from "./times.js";

const at = (name) => document.querySelector(`[data-${name}]`);
const week = { place: at("week"), words: at("week-words"), note: at("week-note"), scale: at("week-scale") };
const users = new Ranking(at("users"), [
  { title: "User", text: ({ name }) => name, link: ({ name }) => userLink(name) },
  { title: "Role", text: ({ role, affiliation }) => [role, affiliation].filter(Boolean).join(", ") || "–" },
]);
const machines = new Ranking(at("machines"), [
  { title: "Machine", text: ({ name }) => name, link: ({ type, name }) => machineLink(type, name) },
  { title: "Type", text: ({ type }) => type },
]);
let newest = null;

const range = new Choice("range", "7d", () => ask());
const by = new Choice("by", "all", () => ask());
const drawn = new Choice("drawn", "stacked", () => newest && showTime(newest));

function linkOf({ name }) {
  if (by.value === "user") return userLink(name);
  const found = by.value === "machine" && newest.machines.rows.find((one) => one.name === name || `${one.name} (${one.type})` === name);
  return found ? machineLink(found.type, found.name) : null;
}

async function showTime(feed) {
  at("time-words").textContent = timeWords(feed);
  at("time-note").textContent = timeNote(feed);
  at("time").setAttribute("aria-label", `Operations over time. ${timeWords(feed)}`);
  showGroups(at("time-groups"), feed, drawn.value, linkOf);
  await drawTime(at("time"), feed, { drawn: drawn.value, key: `${range.value} ${by.value} ${drawn.value}` });
}

async function onFeed(feed) {
  if (feed === null || at("io-empty")) {
    if (feed !== null) location.reload(); // the first log: the page is laid out anew
    return;
  }
  newest = feed;
  fact("operations", feed.operations);
  fact("users", feed.users.count);
  fact("machines", feed.machines.count);
  fact("first", timeElement(feed.first, "time"));
  showNewest(feed);
  showLate(feed);
  pointTables({ range: range.value, by: by.value });
  at("users-words").textContent = told(feed.users, "user");
  at("machines-words").textContent = told(feed.machines, "machine");
  users.show(feed.users, feed.operations);
  machines.show(feed.machines, feed.operations);
  showWeek(week, feed);
  at("sizes-words").textContent = sizeWords(feed.sizes);
  at("sizes").setAttribute("aria-label", sizesLabel(feed.sizes));
  showSizes(at("sizes-table"), feed.sizes);
  await showTime(feed);
  await drawSizes(at("sizes"), feed.sizes, { key: range.value });
}

function told({ rows, count: known }, word) {
  if (known === 0) return "Nobody in this range.";
  const all = rows.reduce((sum, { total }) => sum + total, 0);
  const three = rows.slice(0, 3).reduce((sum, { total }) => sum + total, 0);
  const share = all && known > 3 ? `; the first three read ${Math.round(100 * three / newest.operations)} %` : "";
  return `${count(known)} ${word}${known === 1 ? "" : "s"} in this range${share}`;
}

const ask = watchFeed(() => `/io/figures.json?range=${range.value}&by=${by.value}`, onFeed, { topics: ["io"] });
