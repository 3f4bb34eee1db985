// What is chosen on a page stands in its address, so that links and reloads keep it.
export function viewState(defaults) {
  const asked = new URLSearchParams(location.search);
  const state = { ...defaults };
  for (const name of Object.keys(defaults)) if (asked.has(name)) state[name] = asked.get(name);
  return {
    get: () => state,
    set(changes) {
      Object.assign(state, changes);
      const query = new URLSearchParams(Object.entries(state).filter(([name, value]) => value !== "" && String(value) !== String(defaults[name])));
      history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
    },
  };
}

// Buttons of which one is pressed: `data-NAME` is the value that each stands for.
export function pressable(name, value, onChoose) {
  const buttons = [...document.querySelectorAll(`button[data-${name}]`)];
  const press = (chosen) => { for (const one of buttons) one.setAttribute("aria-pressed", String(one.dataset[name] === chosen)); };
  for (const one of buttons) one.addEventListener("click", () => { press(one.dataset[name]); onChoose(one.dataset[name]); });
  press(value);
}
