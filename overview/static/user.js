// The page of one user: their storage; their I/O and jobs are filled in by the modules of those pages.
import { watchParts } from "./parts.js";
import { showHistories } from "./user_plots.js";

const place = document.querySelector("[data-user]");
const user = place.dataset.user;
const address = `/users/${encodeURIComponent(user)}`;

watchParts(place, `${address}/parts.json`, { topics: ["storage", "dashboards"] });
showHistories(`${address}/storage.json`);
await Promise.all([
  fill("[data-user-io]", import("./user_io.js").then((module) => module.showUserIo)),
  fill("[data-user-jobs]", import("./user_jobs.js").then((module) => module.showUserJobs)),
]);

// A kind that cannot be shown does not cost the others.
async function fill(name, loading) {
  const section = document.querySelector(name);
  section.hidden = false;
  try {
    await (await loading)(section, user);
  } catch (problem) {
    section.hidden = true;
    console.error(problem);
  }
}
