// A worker: the one line of all windows of a browser. It has six connections to a server at most (HTTP/1.1), so
// that with a line for each the seventh window would never load. The line stands while any of them is in sight.
import { EventLine } from "./event_line.js";

const listening = new Set();
const tellAll = (news) => listening.forEach((port) => port.postMessage(news));
const line = new EventLine((changed) => tellAll({ changed }), () => tellAll({ isLost: true }));

self.addEventListener("connect", ({ ports: [port] }) => {
  port.addEventListener("message", ({ data }) => (data === "listen" ? join(port) : leave(port)));
  port.start();
});

function join(port) {
  listening.add(port);
  if (line.isOpen) port.postMessage({ changed: line.revisions });
  line.open();
}

function leave(port) {
  listening.delete(port);
  if (listening.size === 0) line.close();
}
