// One line from the server for the whole page, over which it tells what changed, the moment it does. A hidden
// tab has none; whoever comes back is told where everything stands, and asks for what is another.
const AGAIN = 30_000; // after a refusal: too many listen, or nobody is signed in
const SOON = 2_000; // behind a proxy a server that starts anew looks like a refusal too: later and later then
const watchers = [];
let source = null;
let again = null;
let pause = AGAIN;
let isOpen = false;
let wasLost = false;
let revisions = {};

// Whether changes are told: else pages ask by themselves now and then.
export const isLive = () => isOpen;

// `onChanged` is called when one of `topics` changed (any, where none is named), and when the line was lost or
// is there again.
export function watchTopics(topics, onChanged) {
  watchers.push({ topics, onChanged });
  open();
}

function open() {
  if (source !== null || document.hidden) return;
  clearTimeout(again);
  source = new EventSource("/api/events");
  source.addEventListener("changed", ({ data }) => tell(JSON.parse(data)));
  source.addEventListener("error", lose);
}

function tell(now) {
  const changed = Object.keys(now).filter((topic) => revisions[topic] !== now[topic]);
  revisions = { ...revisions, ...now };
  const all = wasLost;
  isOpen = true;
  wasLost = false;
  pause = SOON;
  for (const { topics, onChanged } of watchers) {
    if (all || topics.length === 0 || topics.some((topic) => changed.includes(topic))) onChanged();
  }
}

// The browser tries again by itself after a loss, and not after a refusal.
function lose() {
  const wasOpen = isOpen;
  isOpen = false;
  wasLost = true;
  if (source.readyState === EventSource.CLOSED) {
    source = null;
    again = setTimeout(open, pause * (1 + Math.random() / 3));
    pause = Math.min(2 * pause, AGAIN);
  }
  if (wasOpen) watchers.forEach(({ onChanged }) => onChanged());
}

function close() {
  clearTimeout(again);
  source?.close();
  source = null;
  isOpen = false;
}

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
