// A row of filters of which one is pressed.
export function chips(onChoose) {
  const all = [...document.querySelectorAll("[data-filter]")];
  function press(name) {
    for (const chip of all) chip.setAttribute("aria-pressed", String(chip.dataset.filter === name));
  }
  for (const chip of all) {
    chip.addEventListener("click", () => { press(chip.dataset.filter); onChoose(chip.dataset.filter); });
  }
  return press;
}
