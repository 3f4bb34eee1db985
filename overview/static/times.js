// Times in the viewer's zone, with the zone named; ages that grow while the page stays open.
const DAY = 86400;
const AHEAD = 300;
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const now = () => Date.now() / 1000;
export const moment = (seconds) => dayAndTime.format(new Date(seconds * 1000));

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayAndClock = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
const sameDay = (one, other) => one.toDateString() === other.toDateString();

// The clock of today, the day of other days; the zone stands at the foot of the page.
export function short(seconds) {
  const time = new Date(seconds * 1000);
  return (sameDay(time, new Date()) ? clock : Math.abs(now() - seconds) < 300 * DAY ? dayAndClock : dayAndTime).format(time);
}

// What is dated later than the page's own clock can be off by is told so: somewhere a clock is ahead.
export const isAhead = (seconds) => seconds - now() > AHEAD;
export const age = (seconds) => (isAhead(seconds) ? `in ${span(seconds - now())}` : span(Math.max(0, now() - seconds)));
export const ago = (seconds) => (isAhead(seconds) ? age(seconds) : `${age(seconds)} ago`);

export function span(old) {
  if (old < 90) return `${Math.round(old)} s`;
  if (old < 90 * 60) return `${Math.round(old / 60)} min`;
  if (old < 36 * 3600) return `${Math.round(old / 3600)} h`;
  if (old < 730 * DAY) return `${Math.round(old / DAY)} days`;
  return `${Math.round(old / DAY / 365)} years`;
}

// Of what should happen at a time: "in 5 min", "2 min overdue".
export const due = (seconds) => (seconds >= now() ? `in ${span(seconds - now())}` : now() - seconds < 30 ? "now" : `${age(seconds)} overdue`);

export function timeElement(seconds, how) {
  const element = document.createElement("time");
  element.dateTime = new Date(seconds * 1000).toISOString();
  element.dataset.show = how;
  write(element);
  return element;
}

const SHOWN = { age, ago, due, time: moment, short };

function write(element) {
  const seconds = Date.parse(element.dateTime) / 1000;
  element.textContent = (SHOWN[element.dataset.show] ?? moment)(seconds);
  if (element.dataset.show !== "time") element.title = moment(seconds);
}

export function showTimes() {
  for (const element of document.querySelectorAll("time[data-show]")) write(element);
  for (const element of document.querySelectorAll("[data-zone]")) element.textContent = zone;
}

// Calls `tick` every so many milliseconds; a hidden tab has no timers.
export function whileVisible(tick, every) {
  let timer = null;
  function look() {
    if (document.hidden) {
      clearInterval(timer);
      timer = null;
    } else {
      timer ??= setInterval(tick, every);
    }
  }
  document.addEventListener("visibilitychange", look);
  look();
}

showTimes();
whileVisible(showTimes, 30_000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) showTimes(); });
