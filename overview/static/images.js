// The page of images: shows them as they will look elsewhere, and what to copy for it.
import { watchFeed } from "./feed.js";

const TOPICS = ["storage", "queues", "io", "hosts", "backups"];
const USUAL = { format: "svg", theme: "light", as: "address", for: "signed" };

const figures = [...document.querySelectorAll("[data-image]")];
const buttons = [...document.querySelectorAll("[data-choice]")];
const versions = new Map();
const chosen = { ...USUAL };

for (const [name, value] of new URLSearchParams(location.search)) {
  if (buttons.some((one) => one.dataset.choice === name && one.dataset.value === value)) chosen[name] = value;
}

function address(figure, { version = null, key = null } = {}) {
  const path = "/images/" + figure.dataset.image.split("/").map(encodeURIComponent).join("/");
  const query = new URLSearchParams();
  if (chosen.theme !== USUAL.theme) query.set("theme", chosen.theme);
  if (key) query.set("key", key);
  if (version) query.set("v", version);
  const asked = query.toString();
  return `${path}.${chosen.format}${asked ? "?" + asked : ""}`;
}

function snippet(figure) {
  const key = chosen.for === "anybody" ? figure.dataset.key : null;
  const url = location.origin + address(figure, { key });
  const title = figure.querySelector("h2").textContent;
  if (chosen.as === "html") {
    const image = document.createElement("img");
    image.alt = title;
    image.setAttribute("src", url);
    return image.outerHTML;
  }
  return chosen.as === "markdown" ? `![${title.replace(/[[\]\\]/g, "\\$&")}](${url})` : url;
}

function show() {
  for (const one of buttons) {
    one.setAttribute("aria-pressed", String(chosen[one.dataset.choice] === one.dataset.value));
  }
  for (const about of document.querySelectorAll("[data-about]")) about.hidden = about.dataset.about !== chosen.for;
  document.querySelector(".images").dataset.themeShown = chosen.theme;
  for (const figure of figures) {
    const image = figure.querySelector("img");
    const wanted = address(figure, { version: versions.get(figure.dataset.image) });
    if (image.getAttribute("src") !== wanted) image.setAttribute("src", wanted);
    figure.querySelector("a").href = address(figure);
    figure.querySelector("input").value = snippet(figure);
  }
}

async function tellWords(figure) {
  const path = "/images/" + figure.dataset.image.split("/").map(encodeURIComponent).join("/");
  // Without an answer the title stands alone; that the server is away is told above.
  const answer = await fetch(`${path}.txt`, { headers: { Accept: "text/plain" } }).catch(() => null);
  if (!answer?.ok) return;
  const words = await answer.text();
  figure.querySelector("[data-words]").textContent = words;
  figure.querySelector("img").alt = `${figure.querySelector("h2").textContent}. ${words}`;
}

async function copy(button, input) {
  try {
    await navigator.clipboard.writeText(input.value);
  } catch {
    // Without https a browser gives no clipboard to scripts; an older way does.
    input.select();
    if (!document.execCommand("copy")) return;
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    chosen[button.dataset.choice] = button.dataset.value;
    const query = new URLSearchParams(Object.entries(chosen).filter(([name, value]) => USUAL[name] !== value));
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    show();
  });
}
for (const figure of figures) {
  const input = figure.querySelector("input");
  input.addEventListener("focus", () => input.select());
  const button = figure.querySelector("[data-copy]");
  button.addEventListener("click", () => copy(button, input));
  // Comes with the picture, which is asked for when one scrolls to it.
  figure.querySelector("img").addEventListener("load", () => tellWords(figure));
}
show();

watchFeed("/images.json", (now) => {
  const first = versions.size === 0;
  const names = now.map((one) => one.name).join("\n");
  if (!first && names !== figures.map((figure) => figure.dataset.image).join("\n")) { location.reload(); return; }
  for (const { name, version } of now) versions.set(name, version);
  if (!first) show();
}, { topics: TOPICS });
