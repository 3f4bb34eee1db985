// What the server says that changed, for the whole page. All windows of a browser share one line; a hidden tab
// listens to none; whoever comes back is told where everything stands, and asks for what is another.
const watchers = [];
let line = null;
let isOpen = false;
let wasLost = false;
let revisions = {};

// Whether changes are told: else pages ask by themselves now and then.
export const isLive = () => isOpen;

// `onChanged` is called when one of `topics` changed (any, where none is named), and when the line was lost or
// is there again.
export function watchTopics(topics, onChanged) {
  watchers.push({ topics, onChanged });
  if (line === null) listen();
}

function listen() {
  line ??= window.SharedWorker ? sharedLine() : ownLine();
  if (!document.hidden) line.open();
}

function sharedLine() {
  const worker = new SharedWorker(new URL("./shared_line.js", import.meta.url), { type: "module" });
  worker.addEventListener("error", () => {
    line = ownLine();
    listen();
  });
  worker.port.addEventListener("message", ({ data }) => (data.isLost ? lose() : tell(data.changed)));
  worker.port.start();
  return { open: () => worker.port.postMessage("listen"), close: () => worker.port.postMessage("leave") };
}

// Of browsers whose windows cannot share: those of some phones, which show one at a time.
function ownLine() {
  const made = import("./event_line.js").then(({ EventLine }) => new EventLine(tell, lose));
  return { open: async () => (await made).open(), close: async () => (await made).close() };
}

function tell(now) {
  if (document.hidden) return;
  const changed = Object.keys(now).filter((topic) => revisions[topic] !== now[topic]);
  revisions = { ...revisions, ...now };
  const all = wasLost;
  isOpen = true;
  wasLost = false;
  for (const { topics, onChanged } of watchers) {
    if (all || topics.length === 0 || topics.some((topic) => changed.includes(topic))) onChanged();
  }
}

function lose() {
  const wasOpen = isOpen;
  isOpen = false;
  wasLost = true;
  if (wasOpen) watchers.forEach(({ onChanged }) => onChanged());
}

function leave() {
  isOpen = false;
  line?.close();
}

document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
addEventListener("pagehide", leave);
addEventListener("pageshow", ({ persisted }) => { if (persisted) listen(); });
