// What a user's own page says of their I/O: a month of it, with a way to all of it. Nothing where no log names them.
import { element } from "./cells.js";
import { watchFeed } from "./feed.js";
import { bar, machineLink, userLink } from "./io_ranking.js";
import { drawSizes, sizeWords, sizesLabel } from "./io_sizes.js";
import { drawTime, timeWords } from "./io_time.js";
import { showLate } from "./io_state.js";
import { compact, count, percent } from "./io_words.js";
import { timeElement } from "./times.js";

const RANGE = "30d";
const MACHINES = 5;
const HEIGHT = 220;

// Fills `place`, a section that is hidden while no log names `user`, and keeps it fresh.
export async function showUserIo(place, user) {
  place.hidden = true;
  const style = element("link");
  style.rel = "stylesheet";
  style.href = new URL("./io.css", import.meta.url).href;
  document.head.append(style);
  const parts = laidOut(user);
  await new Promise((shown) => {
    watchFeed(`/io/users/${encodeURIComponent(user)}.json?range=${RANGE}`, async (feed) => {
      await onFeed(place, parts, feed);
      shown();
    }, { topics: ["io"] });
    setTimeout(shown, 10_000); // a page that waits for us goes on
  });
}

function laidOut(user) {
  const head = element("div", "section-head");
  const title = element("div");
  const facts = element("p", "hint numbers");
  title.append(element("h2", "", "I/O"), facts);
  const more = element("a", "", "All of their I/O");
  more.href = userLink(user);
  head.append(title, more);
  const time = plot("Operations over time");
  const sizes = plot("Sizes of reads");
  const machines = element("div", "card user-io-part");
  const list = element("ol", "user-io-machines");
  machines.append(element("h3", "", "Machines"), list);
  const row = element("div", "user-io-parts");
  row.append(time.card, sizes.card, machines);
  const late = element("p", "warning");
  late.setAttribute("role", "status");
  late.hidden = true;
  return { all: [head, late, row], facts, late, time, sizes, list };
}

function plot(title) {
  const card = element("div", "card user-io-part");
  const place = element("div", "plot user-io-plot");
  place.setAttribute("role", "img");
  const said = element("p", "hint");
  card.append(element("h3", "", title), said, place);
  return { card, place, said };
}

async function onFeed(place, { all, facts, late, time, sizes, list }, feed) {
  place.hidden = feed === null;
  if (feed === null) return;
  if (!place.contains(facts)) place.replaceChildren(...all);
  const share = feed.rank === null ? "" : `, ${percent(feed.operations, feed.operations_of_all)} of all, rank ${count(feed.rank)} of ${count(feed.ranked)}`;
  facts.replaceChildren(`${count(feed.operations)} operations in the last 30 days of the logs${share}; last seen `, timeElement(feed.seen.newest, "ago"));
  showLate(feed, late); // a log that is silent looks like a user who reads nothing
  time.said.textContent = timeWords(feed);
  time.place.setAttribute("aria-label", `Operations over time. ${timeWords(feed)}`);
  sizes.said.textContent = sizeWords(feed.sizes);
  sizes.place.setAttribute("aria-label", sizesLabel(feed.sizes, "on the page of all their I/O"));
  showMachines(list, feed);
  await drawTime(time.place, feed, { height: HEIGHT });
  await drawSizes(sizes.place, feed.sizes, { height: HEIGHT });
}

function showMachines(list, { partners, operations }) {
  const most = partners.rows[0]?.total ?? 0;
  const rows = partners.rows.slice(0, MACHINES).map(({ name, type, total }) => {
    const row = element("li", "user-io-machine");
    const link = element("a", "", name);
    link.href = machineLink(type, name);
    row.append(link, bar(total, most), element("span", "numbers", compact(total)), element("span", "numbers hint", percent(total, operations)));
    return row;
  });
  const left = partners.count - rows.length;
  const rest = rows.length === 0 ? "none in these days" : `and ${count(left)} more`;
  list.replaceChildren(...rows, ...(rows.length === 0 || left > 0 ? [element("li", "hint", rest)] : []));
}
