// Keeps parts of a page as the server draws them now. What did not change is not touched; what is opened
// stays open and what has the focus keeps it.
import { watchFeed } from "./feed.js";
import { showTimes } from "./times.js";

export function watchParts(place, address, options) {
  return watchFeed(address, (feed) => showParts(place, feed.parts), options);
}

function showParts(place, parts) {
  const shown = new Map([...place.querySelectorAll(":scope > [data-part]")].map((one) => [one.dataset.part, one]));
  let before = null;
  for (const [key, mark, html] of parts) {
    let element = shown.get(key);
    shown.delete(key);
    if (element === undefined || element.dataset.mark !== mark) {
      const fresh = made(key, mark, html);
      if (element !== undefined) {
        keepState(element, fresh);
        element.replaceWith(fresh);
        restoreFocus(fresh);
      }
      element = fresh;
    }
    const next = before === null ? place.firstElementChild : before.nextElementSibling;
    if (next !== element) place.insertBefore(element, next);
    before = element;
  }
  for (const gone of shown.values()) gone.remove();
  showTimes();
}

function made(key, mark, html) {
  const element = document.createElement("div");
  element.className = "part";
  Object.assign(element.dataset, { part: key, mark });
  element.innerHTML = html; // the server's own template, in which all names from outside are escaped
  return element;
}

let focused = null;

function keepState(old, fresh) {
  for (const opened of old.querySelectorAll("details[open][data-keep]")) {
    const same = fresh.querySelector(`details[data-keep="${CSS.escape(opened.dataset.keep)}"]`);
    if (same) same.open = true;
  }
  for (const scrolled of old.querySelectorAll(".scroll")) {
    if (scrolled.scrollLeft === 0) continue;
    const label = scrolled.getAttribute("aria-label");
    requestAnimationFrame(() => {
      const same = label && fresh.querySelector(`.scroll[aria-label="${CSS.escape(label)}"]`);
      if (same) same.scrollLeft = scrolled.scrollLeft;
    });
  }
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  focused = active && (active.id || active.getAttribute("href")) ? { id: active.id, href: active.getAttribute("href") } : null;
}

function restoreFocus(fresh) {
  if (focused === null) return;
  const same = focused.id ? fresh.querySelector(`#${CSS.escape(focused.id)}`) : fresh.querySelector(`[href="${CSS.escape(focused.href)}"]`);
  same?.focus({ preventScroll: true });
  focused = null;
}
