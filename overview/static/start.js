// The start page: what is wrong, as the server draws it, and the bubble plots.
import { BubblePlots } from "./bubbles.js";
import { watchFeed } from "./feed.js";
import { watchParts } from "./parts.js";

const TOPICS = ["storage", "io", "queues", "hosts", "backups", "dashboards", "collection"];

watchParts(document.querySelector("[data-start]"), "/start.json", { topics: TOPICS });

if (document.querySelector("[data-bubbles]") !== null) {
  const plots = new BubblePlots({
    onUser: (user) => { location.href = `/users/${encodeURIComponent(user)}`; },
    onCrowd: () => { location.href = "/storage"; },
    placeOf: () => null,
  });
  watchFeed("/start/totals.json", () => plots.refresh(), { topics: ["storage"] });
}
