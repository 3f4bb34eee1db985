// The alerts page: parts as the server draws them, and acknowledging without leaving the place.
import { watchParts } from "./parts.js";

const NAME = "usermon-acknowledged-by";
const place = document.querySelector("[data-alerts]");
const said = document.getElementById("alerts-said");
const ask = watchParts(place, `/alerts.json${location.search}`, { topics: ["alerts"] });

// The admin account is one for all: who it is says the browser.
function remembered() {
  try { return localStorage.getItem(NAME) ?? ""; } catch { return ""; }
}

function remember(name) {
  try { localStorage.setItem(NAME, name); } catch { /* a browser that keeps nothing */ }
}

place.addEventListener("toggle", (event) => {
  const form = event.target.open ? event.target.querySelector("[data-acknowledge]") : null;
  if (form === null || form.contains(document.activeElement)) return;
  if (form.by.value === "") form.by.value = remembered();
  (form.by.value === "" ? form.by : form.note).focus();
}, true);

place.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-acknowledge]");
  if (form === null) return;
  event.preventDefault();
  remember(form.by.value.trim());
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const problem = await sent(form);
  button.disabled = false;
  const told = form.querySelector(".problem");
  told.hidden = problem === null;
  told.textContent = problem ?? "";
  if (problem !== null) return;
  const details = form.closest("details");
  details.open = false;
  details.querySelector("summary").focus();
  said.textContent = "Noted that you have seen it.";
  ask();
});

// What went wrong, in words; null when it was saved.
async function sent(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (answer.ok) return null;
    if (answer.status === 401) return "You are signed out: sign in again in another tab, then save once more.";
    const { error, remedy } = await answer.json();
    return `${error}. ${remedy}`;
  } catch {
    return "The overview does not answer: nothing was saved. Try again.";
  }
}
