// What is chosen on a page stands in its address, so that links and reloads keep it; what is usual is left out,
// and what other parts of the page have put there stays.
export function viewState(usual) {
  const asked = new URLSearchParams(location.search);
  const state = { ...usual };
  for (const name of Object.keys(usual)) if (asked.has(name)) state[name] = asked.get(name);
  return {
    get: () => state,
    set(changes) {
      Object.assign(state, changes);
      const address = new URL(location.href);
      for (const [name, value] of Object.entries(state)) {
        address.searchParams.delete(name); // and to the end: one address for one view, whatever was chosen first
        if (value !== "" && String(value) !== String(usual[name])) address.searchParams.append(name, value);
      }
      history.replaceState(null, "", address);
    },
  };
}

// Buttons of which one is pressed: `data-NAME` is the value that each stands for. Returns what presses one.
export function pressable(name, value, onChoose, place = document) {
  const buttons = [...place.querySelectorAll(`button[data-${name}]`)];
  const of = (button) => button.getAttribute(`data-${name}`);
  const press = (chosen) => { for (const one of buttons) one.setAttribute("aria-pressed", String(of(one) === chosen)); };
  for (const one of buttons) one.addEventListener("click", () => { press(of(one)); onChoose(of(one)); });
  press(value);
  return press;
}
