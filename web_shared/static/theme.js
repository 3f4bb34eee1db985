// Light or dark: the system's wish, until somebody presses the button; then theirs, remembered in this browser.
// Loaded in the head, before anything is painted. Others listen to "usermon-theme" on document.
(() => {
  const KEY = "usermon-theme";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const current = () => root.dataset.theme || (system.matches ? "dark" : "light");

  function show() {
    const dark = current() === "dark";
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(dark));
    }
    document.dispatchEvent(new CustomEvent("usermon-theme", { detail: current() }));
  }

  function choose(theme) {
    root.dataset.theme = theme;
    // Back to what the system wants: forget, so that it follows the system again.
    const asSystem = theme === (system.matches ? "dark" : "light");
    if (asSystem) delete root.dataset.theme;
    try { asSystem ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, theme); } catch { /* private window */ }
    show();
  }

  const wish = remembered();
  if (wish === "light" || wish === "dark") root.dataset.theme = wish;
  window.usermonTheme = current;
  system.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-toggle]")) choose(current() === "dark" ? "light" : "dark");
  });
})();
