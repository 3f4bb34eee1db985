// Brings an address's content to a page: at once when the server says that a topic of it changed, and again
// when the tab comes to the front. The server answers 304 while all is as it was (ETag).
import { isLive, watchTopics } from "./events.js";
import { whileVisible } from "./times.js";

const EVERY = 30_000;
// Two hundred pages that learn of a change in one instant do not all ask in the next.
const SPREAD = 300;
// Where things change all the time, each page asks so often at most.
const REST = 1_000;

export async function getJson(address) {
  const answer = await fetch(address, { cache: "no-cache", headers: { Accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(`status ${answer.status}`), { status: answer.status });
  // Seconds, where the server rests before it makes this anew: what came is not the newest.
  const again = Number(answer.headers.get("Usermon-Ask-Again") ?? 0);
  return { etag: answer.headers.get("ETag"), again, read: () => answer.json() };
}

// `address` is a text, or a function that gives it anew each time (filters, a range of time): call the
// returned `ask` when it gives another. `topics` are the store's: storage, io, queues, hosts, backups,
// dashboards, collection, alerts.
export function watchFeed(address, onChange, { topics = [] } = {}) {
  let seen = null;
  let asking = false;
  let askAgain = false;
  let askedAt = -REST;
  let waiting = null;
  let quiet = 0;
  const connection = document.getElementById("connection");

  async function ask() {
    if (document.hidden) return;
    if (asking) { askAgain = true; return; }
    asking = true;
    askedAt = performance.now();
    quiet = 0;
    try {
      const asked = typeof address === "function" ? address() : address;
      const { etag, again, read } = await getJson(asked);
      if (again > 0) setTimeout(ask, again * 1000 + Math.random() * 300);
      connection.hidden = true;
      const key = `${asked} ${etag}`;
      if (etag === null || key !== seen) {
        await onChange(await read());
        seen = key;
      }
    } catch (problem) {
      if (problem.status === undefined && !(problem instanceof TypeError)) throw problem;
      tell(problem.status);
    } finally {
      asking = false;
    }
    if (askAgain) { askAgain = false; await ask(); }
  }

  function tell(status) {
    connection.hidden = false;
    connection.textContent = status === 401
      ? "You are signed out, so what stands here grows old. "
      : "The overview does not answer, so what stands here grows old. It is asked again every half minute.";
    if (status === 401) {
      const link = document.createElement("a");
      link.href = "/login?next=" + encodeURIComponent(location.pathname + location.search);
      link.textContent = "Sign in again";
      connection.append(link);
    }
  }

  function askSoon() {
    if (waiting !== null) return;
    const wait = Math.max(Math.random() * SPREAD, askedAt + REST - performance.now());
    waiting = setTimeout(() => { waiting = null; ask(); }, wait);
  }

  // Some contents change with the clock alone, so that even what is told is asked for now and then.
  function askInQuiet() {
    quiet += 1;
    if (!isLive() || quiet >= 2) ask();
  }

  watchTopics(topics, askSoon);
  document.addEventListener("visibilitychange", ask);
  whileVisible(askInQuiet, EVERY);
  ask();
  return ask;
}
