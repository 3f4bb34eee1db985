// How the queues pages write states, spans of time and sizes.
import { element, number, stateElement } from "./cells.js";

const LOOKS = { running: "ready", waiting: "starting", ended: "stopped" };
const NODE_LOOKS = { free: "ready", used: "starting", other: "unseen", out: "failed" };

export const some = (count, what) => `${number(count)} ${what}${count === 1 ? "" : "s"}`;
export const none = () => element("span", "none", "–");
export const known = (value) => (value === null || value === undefined ? none() : number(value));

// An icon and a word; the title says what the scheduler itself calls it. Waiting is no trouble: it stays quiet.
export function jobState(kind, words, own) {
  const shown = iconed(LOOKS[kind] ?? "unseen", words, kind === "waiting" ? "state state-waiting" : null);
  if (own !== words) shown.title = own;
  return shown;
}

export function nodeState(kind, own) {
  const shown = iconed(NODE_LOOKS[kind] ?? "unseen", own, kind === "used" ? "state state-busy" : null);
  if (kind === "used") shown.querySelector("path").setAttribute("d", "M5 4l7 4-7 4z");
  return shown;
}

function iconed(look, words, className) {
  const shown = stateElement(look);
  if (className !== null) shown.className = className;
  shown.lastChild.textContent = words;
  return shown;
}

export function size(bytes) {
  if (bytes === null) return none();
  const [unit, name] = [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]].find(([least]) => bytes >= least) ?? [1, "B"];
  return element("span", "", `${Math.round((bytes / unit) * 10) / 10} ${name}`);
}

// 93 s, 12:05 min, 3:20 h, 2 d 4 h
export function lasting(seconds) {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const two = (amount) => String(Math.floor(amount)).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)} h`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export const hours = (amount) => number(amount >= 100 ? Math.round(amount) : Math.round(amount * 10) / 10);

export function userLink(user) {
  const link = element("a", "", user);
  link.href = `/users/${encodeURIComponent(user)}`;
  return link;
}

export function hostLink(name, host) {
  if (!host) return element("span", "", name);
  const link = element("a", "", name);
  link.href = `/hosts/${encodeURIComponent(host)}`;
  return link;
}
