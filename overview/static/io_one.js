// The I/O of one user, or of one machine.
import { watchFeed } from "./feed.js";
import { Ranking, machineLink, userLink } from "./io_ranking.js";
import { drawSizes, showSizes, sizeWords, sizesLabel } from "./io_sizes.js";
import { Choice, fact, pointTables, showLate, showNewest } from "./io_state.js";
import { drawTime, timeNote, timeWords } from "./io_time.js";
import { showWeek } from "./io_week.js";
import { count, percent } from "./io_words.js";
import { timeElement } from "./times.js";

const at = (name) => document.querySelector(`[data-${name}]`);
const { feed: address, kind } = at("io-one").dataset;
const week = { place: at("week"), words: at("week-words"), note: at("week-note"), scale: at("week-scale") };
const sessions = [{ title: "Sessions", text: (row) => count(row.sessions) }];
const partners = kind === "user"
  ? new Ranking(at("partners"), [
    { title: "Machine", text: ({ name }) => name, link: ({ type, name }) => machineLink(type, name) },
    { title: "Type", text: ({ type }) => type },
  ], sessions)
  : new Ranking(at("partners"), [
    { title: "User", text: ({ name }) => name, link: ({ name }) => userLink(name) },
    { title: "Role", text: ({ role, affiliation }) => [role, affiliation].filter(Boolean).join(", ") || "–" },
  ], sessions);

const range = new Choice("range", "7d", () => ask());

async function onFeed(feed) {
  if (feed === null) return;
  fact("operations", feed.operations);
  fact("of_all", `of ${count(feed.operations_of_all)} of all`);
  fact("share", percent(feed.operations, feed.operations_of_all));
  fact("rank", feed.rank === null ? "–" : feed.rank);
  fact("ranked", feed.ranked);
  fact("first", timeElement(feed.seen.first, "time"));
  showNewest(feed, feed.seen.newest);
  showLate(feed);
  pointTables({ range: range.value });
  at("time-words").textContent = timeWords(feed);
  at("time-note").textContent = timeNote(feed);
  at("time").setAttribute("aria-label", `Operations over time. ${timeWords(feed)}`);
  const words = kind === "user" ? ["machine", "A session is an hour in which this user read on a machine."] : ["user", "A session is an hour in which a user read on this machine."];
  at("partners-words").textContent = `${count(feed.partners.count)} ${words[0]}${feed.partners.count === 1 ? "" : "s"} in this range. ${words[1]}`;
  partners.show(feed.partners, feed.operations);
  showWeek(week, feed);
  at("sizes-words").textContent = sizeWords(feed.sizes);
  at("sizes").setAttribute("aria-label", sizesLabel(feed.sizes));
  showSizes(at("sizes-table"), feed.sizes);
  await drawTime(at("time"), feed, { key: range.value });
  await drawSizes(at("sizes"), feed.sizes, { key: range.value });
}

const ask = watchFeed(() => `${address}range=${range.value}`, onFeed, { topics: ["io"] });
