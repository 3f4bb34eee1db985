// What the I/O pages of all and of one share: the range of time, the facts at the top, logs that went silent.
import { element } from "./cells.js";
import { count } from "./io_words.js";
import { age, moment, now, span, timeElement } from "./times.js";
import { pressable, viewState } from "./view.js";

// A row of buttons [data-NAME] of which one is chosen; it stands in the address, but for the usual one.
export class Choice {
  constructor(name, usual, onChoose) {
    const view = viewState({ [name]: usual });
    const asked = view.get()[name];
    this.value = document.querySelector(`button[data-${name}="${CSS.escape(asked)}"]`) === null ? usual : asked;
    pressable(name, this.value, (value) => {
      this.value = value;
      view.set({ [name]: value });
      onChoose(value);
    });
  }
}

export function fact(name, ...content) {
  const place = document.querySelector(`[data-fact="${name}"]`);
  if (place) place.replaceChildren(...content.map((one) => (typeof one === "number" ? count(one) : one)));
}

export function showNewest(feed, newest = feed.newest) {
  const freshness = document.getElementById("freshness");
  const old = element("span", "nowrap");
  old.append(timeElement(feed.newest, "ago"));
  freshness.replaceChildren("Newest entry ", timeElement(feed.newest, "time"), ", ", old);
  fact("newest", timeElement(newest, "age"), " ", element("span", "unit", "ago"));
}

// A log that got no entry for three times its own rhythm, an hour at least.
export function showLate({ sources }, place = document.querySelector("[data-late]")) {
  const late = sources.filter(({ newest, every }) => every !== null && now() - newest > Math.max(3 * every, 3600));
  place.hidden = late.length === 0;
  const words = late.map(({ name, newest, every }) => `the newest entry of ${name} is ${age(newest)} old (${moment(newest)}), and it got one every ${span(every)}`);
  if (late.length) place.textContent = `${late.length === sources.length ? "" : "One of the logs is silent: "}${words.join("; ")}. Is the log still written, and read? See Collection.`.replace(/^./, (letter) => letter.toUpperCase());
}

// Links to CSV follow the range, and what else is chosen.
export function pointTables(asked) {
  for (const link of document.querySelectorAll("[data-csv]")) {
    const address = new URL(link.dataset.csv, location.origin);
    for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
    link.href = address.pathname + address.search;
  }
}
