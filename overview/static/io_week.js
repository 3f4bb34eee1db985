// The hours of a week as a grid: a table whose cells are shaded by the operations in such an hour, in the mean.
import { element } from "./cells.js";
import { DAYS, RANGES, clockZones, compact, count, hour } from "./io_words.js";
import { theme } from "./plots.js";

const LEVELS = 5;

// Operations an hour, in the mean over those hours that the logs tell of; null where there are none.
const mean = (total, hours) => (hours ? total / hours : null);
const sum = (amounts) => amounts.reduce((all, one) => all + one, 0);

export function showWeek({ place, words, note, scale }, { week }) {
  const { totals, hours } = week;
  const cells = totals.map((total, at) => mean(total, hours[at]));
  const borders = bordersOf(cells);
  place.replaceChildren(grid(totals, hours, cells, borders));
  place.dataset.shown = "true";
  scale.replaceChildren(...legend(borders));
  words.textContent = weekWords(totals, hours);
  note.textContent = `Operations an hour, in the mean${week.range === "all" ? " of all time" : ` of ${RANGES[week.range]}`}, by the logs' clock, ${clockZones(week.ahead)}. A dash: no entry of that hour.`;
  paint();
}

// Fifths of all that is not nothing: a few busy hours must not make all others look alike.
function bordersOf(cells) {
  const amounts = cells.filter((one) => one).sort((a, b) => a - b);
  return amounts.length ? Array.from({ length: LEVELS - 1 }, (_, at) => amounts[Math.floor(amounts.length * (at + 1) / LEVELS)]) : [];
}

const levelOf = (amount, borders) => borders.filter((border) => amount >= border).length;

function grid(totals, hours, cells, borders) {
  const table = element("table", "io-grid");
  table.append(element("caption", "visually-hidden", "Operations an hour, by day of the week and hour of the day"));
  const head = table.createTHead().insertRow();
  head.append(header("col", "Day"));
  for (let at = 0; at < 24; at += 1) head.append(header("col", String(at).padStart(2, "0")));
  head.append(header("col", "Mean"));
  const body = table.createTBody();
  DAYS.forEach((day, row) => {
    const line = body.insertRow();
    const name = header("row", day.slice(0, 3));
    name.title = day;
    line.append(name);
    for (let at = 0; at < 24; at += 1) {
      const amount = cells[row * 24 + at];
      line.append(cell(amount, borders, `${day} ${hour(at)} to ${hour(at + 1)}`));
    }
    const ofDay = mean(sum(totals.slice(row * 24, row * 24 + 24)), sum(hours.slice(row * 24, row * 24 + 24)));
    line.append(cell(ofDay, null, `${day}, the mean of its hours`));
  });
  const foot = table.createTFoot().insertRow();
  foot.append(header("row", "Mean"));
  for (let at = 0; at < 24; at += 1) {
    const ofHour = DAYS.map((_, row) => row * 24 + at);
    foot.append(cell(mean(sum(ofHour.map((one) => totals[one])), sum(ofHour.map((one) => hours[one]))), null, `${hour(at)} to ${hour(at + 1)}, the mean of all days`));
  }
  foot.append(cell(mean(sum(totals), sum(hours)), null, "all hours"));
  return table;
}

function header(scope, text) {
  const made = element("th", "", text);
  made.scope = scope;
  return made;
}

function cell(amount, borders, when) {
  const made = element("td", borders ? "io-hour" : "io-mean");
  made.append(element("span", "", amount === null ? "–" : compact(amount, 2)));
  made.title = amount === null ? `${when}: no entry` : `${when}: ${count(amount)} operations an hour`;
  if (borders && amount) made.dataset.level = levelOf(amount, borders);
  return made;
}

function legend(borders) {
  const ends = [0, ...borders.map((one) => compact(one))];
  return borders.length === 0 ? [] : Array.from({ length: LEVELS }, (_, level) => {
    const made = element("span", "io-level", level === 0 ? "less" : `≥ ${ends[level]}`);
    made.dataset.level = level;
    return made;
  });
}

function weekWords(totals, hours) {
  if (sum(totals) === 0) return "Nothing was read in these hours.";
  const byDay = DAYS.map((_, row) => mean(sum(totals.slice(row * 24, row * 24 + 24)), sum(hours.slice(row * 24, row * 24 + 24))));
  const byHour = Array.from({ length: 24 }, (_, at) => {
    const those = DAYS.map((_, row) => row * 24 + at);
    return mean(sum(those.map((one) => totals[one])), sum(those.map((one) => hours[one])));
  });
  const busiest = (amounts) => amounts.reduce((best, one, at) => ((one ?? -1) > (amounts[best] ?? -1) ? at : best), 0);
  const day = busiest(byDay);
  const at = busiest(byHour);
  return `Busiest on ${DAYS[day]}s (${compact(byDay[day])} an hour) and from ${hour(at)} to ${hour(at + 1)} (${compact(byHour[at])}).`;
}

// In the theme's colours from little to much; the text is light or dark, whatever the colour lets one read.
function paint() {
  const { sequence, ink, surface } = theme();
  const isDark = window.usermonTheme() === "dark";
  for (const one of document.querySelectorAll("[data-level]")) {
    const level = Number(one.dataset.level);
    const strong = isDark ? level >= 2 : level >= 3;
    one.style.backgroundColor = sequence[level];
    one.style.color = strong ? (isDark ? "var(--ground)" : surface) : ink; // the darkest, or the lightest, that there is
  }
}

document.addEventListener("usermon-theme", paint);
