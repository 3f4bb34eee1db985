// The small parts of tables: numbers, states, links. All texts go in as text, never as HTML.
// Two digits after the point, of what is small two that tell something.
const DIGITS = { maximumFractionDigits: 2, maximumSignificantDigits: 2, roundingPriority: "morePrecision" };
const plain = new Intl.NumberFormat("en", DIGITS);
const signed = new Intl.NumberFormat("en", { ...DIGITS, signDisplay: "exceptZero" });

export const number = (amount) => plain.format(amount);
export const change = (amount) => signed.format(amount).replace("-", "−");

// Below a table: which of its rows stand on this page.
export const shownOf = (size, first, page, all) => (all === 0 ? "No row" : `${number(first)} to ${number(Math.min(all, first + size - 1))} of ${number(all)}`);

const PATHS = {
  ready: "M3.5 8.5l3 3 6-7",
  starting: "M8 4v4l2.5 2M8 2a6 6 0 1 0 6 6",
  asleep: "M12.5 9.6A5.2 5.2 0 0 1 6.4 3.5a5.2 5.2 0 1 0 6.1 6.1Z",
  stopped: "M5 5h6v6H5z",
  failed: "M4.5 4.5l7 7M11.5 4.5l-7 7",
};

export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function stateElement(state) {
  const shown = element("span", `state state-${state in PATHS ? state : "unseen"}`);
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 16 16");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[state] ?? "M4 8h8");
  icon.append(path);
  shown.append(icon, state ?? "never seen");
  return shown;
}

export function openLink(user, text) {
  const link = element("a", "open-link", text);
  link.href = `/dashboards/${encodeURIComponent(user)}/open`;
  link.target = "_blank";
  link.rel = "noopener";
  link.title = `Open the dashboard of ${user}`;
  return link;
}

// The first step above half a million files, one more a million, four at most.
export const shadeOf = (files) => (files > 500_000 ? Math.min(4, 1 + Math.floor((files - 500_001) / 1_000_000)) : 0);
