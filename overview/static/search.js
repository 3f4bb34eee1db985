// The field that finds anything by a part of its name: a combobox with a list of options, which are links.
import { element } from "./cells.js";
import { getJson } from "./feed.js";
import { ago } from "./times.js";

const WAIT = 120;
let form, input, list, count;
let options = [];
let active = -1;
let shownFor = "";
let asked = 0;

export function showSearch() {
  form = document.querySelector("[data-site-search]");
  if (form === null) return;
  input = form.querySelector("input");
  list = form.querySelector(".site-found");
  count = form.querySelector("[data-found-count]");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Found");
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", "site-found"]]) input.setAttribute(name, value);
  let waiting;
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, WAIT); });
  input.addEventListener("focus", () => { if (input.value.trim() !== "") look(); });
  input.addEventListener("keydown", onKey);
  form.addEventListener("submit", onSubmit);
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  list.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") event.preventDefault(); }); // the field keeps the focus
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

async function look() {
  const text = input.value.trim();
  const mine = ++asked;
  if (text === "") { close(); return; }
  try {
    const { read } = await getJson(`/search.json?q=${encodeURIComponent(text)}`);
    const groups = await read();
    if (mine === asked && document.activeElement === input) show(text, groups);
  } catch (problem) {
    if (mine !== asked) return;
    say(problem.status === 401 ? "You are signed out: sign in again to search." : "The overview does not answer; try again in a moment.");
  }
}

function show(text, groups) {
  shownFor = text;
  options = [];
  activate(-1);
  if (groups.length === 0) {
    say(`Nothing is named like “${text}”.`);
    return;
  }
  list.replaceChildren(...groups.map(({ title, hits }, at) => group(title, hits, at)));
  open();
  count.textContent = `${groups.map(({ title, hits }) => `${title}: ${hits.length}`).join(", ")}. Arrow keys choose.`;
}

function group(title, hits, at) {
  const made = element("div", "site-found-group");
  const head = element("div", "site-found-title", title);
  head.id = `site-found-${at}`;
  made.setAttribute("role", "group");
  made.setAttribute("aria-labelledby", head.id);
  made.append(head, ...hits.map(option));
  return made;
}

function option({ name, fact, time, link }) {
  const made = element("a", "site-found-one");
  made.href = link;
  made.id = `site-found-option-${options.length}`;
  made.tabIndex = -1;
  made.setAttribute("role", "option");
  made.setAttribute("aria-selected", "false");
  made.dataset.name = name;
  made.append(element("span", "site-found-name", name), element("span", "hint", time === null ? fact : `${fact} ${ago(time)}`));
  made.addEventListener("click", close);
  options.push(made);
  return made;
}

// Words in place of a list: read out, and not to be chosen.
function say(words) {
  options = [];
  activate(-1);
  list.replaceChildren(element("p", "site-found-none hint", words));
  list.hidden = false;
  input.setAttribute("aria-expanded", "false");
  count.textContent = words;
}

function open() {
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
}

function close() {
  asked += 1; // what is still under way comes too late
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  count.textContent = "";
  activate(-1);
}

function activate(place) {
  options[active]?.setAttribute("aria-selected", "false");
  active = place;
  const chosen = options[active];
  if (chosen === undefined) { input.removeAttribute("aria-activedescendant"); return; }
  chosen.setAttribute("aria-selected", "true");
  chosen.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", chosen.id);
}

function onKey(event) {
  const many = options.length;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) { look(); return; }
    if (many === 0) return;
    const step = event.key === "ArrowDown" ? 1 : -1;
    activate(active === -1 && step === -1 ? many - 1 : (active + step + many) % many);
  } else if (event.key === "Escape") {
    if (list.hidden) { input.value = ""; input.blur(); return; }
    event.preventDefault(); // the first time it only closes the list
    close();
  }
}

// The chosen one, or the only one, or one of exactly that name; else the page of all that was found.
function onSubmit(event) {
  const text = input.value.trim();
  if (text === "") { event.preventDefault(); return; }
  if (list.hidden || shownFor !== text) return;
  const exact = options.find((one) => one.dataset.name.toLowerCase() === text.toLowerCase());
  const goal = options[active] ?? exact ?? (options.length === 1 ? options[0] : undefined);
  if (goal === undefined) return;
  event.preventDefault();
  close();
  location.assign(goal.href);
}
