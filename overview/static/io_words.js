// How the I/O pages write numbers, sizes, hours and ranges.
import { clockOf, clockZone } from "./plots.js";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const THOUSANDS = ["", "k", "M", "G", "T", "P"]; // as the axes of the plots write them
export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const RANGES = { "24h": "24 hours", "7d": "7 days", "30d": "30 days", all: "all time" };
const STEP_SECONDS = { hour: 3600, day: 86400, week: 7 * 86400 };
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

export const count = (amount) => whole.format(amount);
// Three digits, and of which thousand: 26.5M. In narrow cells two say enough.
export function compact(amount, digits = 3) {
  let rest = Number(amount.toPrecision(digits));
  let thousand = 0;
  while (rest >= 1000 && thousand < THOUSANDS.length - 1) { rest /= 1000; thousand += 1; }
  return `${Number(rest.toPrecision(digits))}${THOUSANDS[thousand]}`;
}

export function percent(part, all) {
  if (!all) return "–";
  const share = 100 * part / all;
  return share > 0 && share < 0.1 ? "< 0.1 %" : `${share.toFixed(1)} %`;
}

// Sizes are powers of two: 4096 is "4 KiB". What is no whole number of a unit stays in a smaller one.
export function bytes(size) {
  let unit = 0;
  let amount = size;
  while (amount >= 1024 && amount % 1024 === 0 && unit < UNITS.length - 1) { amount /= 1024; unit += 1; }
  return `${whole.format(amount)} ${UNITS[unit]}`;
}

export function bucket(low, high) {
  if (low === null) return `below ${bytes(high)}`;
  if (high === null) return `${bytes(low)} and more`;
  if (high === low + 1) return bytes(low);
  return `${bytes(low)} to ${bytes(high)}`;
}

// Logs are written by two clocks where summer time ends, or where machines stand in two zones.
export const clockZones = (ahead) => ahead.map(clockZone).join(", then ");

export const hour = (number) => `${String(number % 24).padStart(2, "0")}:00`;

// Where the steps of a feed begin, for Plotly: moments in the viewer's zone for hours; days and weeks are those of
// the logs' clock, whatever the viewer's zone.
export function places(feed) {
  if (feed.step !== "hour") return { x: feed.steps, axis: {} };
  const { dates, axis } = clockOf(feed.steps);
  return { x: dates(feed.steps), axis };
}
export const stepMilliseconds = (feed) => STEP_SECONDS[feed.step] * 1000;

const hourWords = new Intl.DateTimeFormat(undefined, { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
const dayWords = new Intl.DateTimeFormat(undefined, { weekday: "short", year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });

export function stepWords(feed, at) {
  if (feed.step === "hour") return hourWords.format(new Date(feed.steps[at] * 1000));
  const day = dayWords.format(new Date(`${feed.steps[at]}T00:00:00Z`));
  return feed.step === "week" ? `week from ${day}` : day;
}

// Plotly reads a little HTML in texts, and what the logs name may be anything.
export const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
