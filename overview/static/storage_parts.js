// Quotas and growers, as the server draws them; which period of the growers is shown is chosen here.
import { watchParts } from "./parts.js";
import { viewState } from "./view.js";

const view = viewState({ growers: "week" });

export function showStorageParts() {
  const place = document.querySelector("[data-storage-parts]");
  if (place === null) return;
  show(place);
  new MutationObserver(() => show(place)).observe(place, { childList: true });
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-growers]");
    if (!button) return;
    view.set({ growers: button.dataset.growers });
    show(place);
  });
  watchParts(place, "/storage/parts.json", { topics: ["storage"] });
}

function show(place) {
  const period = view.get().growers;
  for (const button of place.querySelectorAll("[data-growers]")) button.setAttribute("aria-pressed", String(button.dataset.growers === period));
  for (const one of place.querySelectorAll("[data-growers-of]")) one.hidden = one.dataset.growersOf !== period;
}
