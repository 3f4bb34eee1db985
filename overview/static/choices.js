// A row of buttons of which one is pressed: `data-NAME` of each says what it stands for.
export function choices(place, name, onChoose) {
  const of = (button) => button.dataset[name];
  const buttons = () => place.querySelectorAll(`[data-${name}]`);
  place.addEventListener("click", (event) => {
    const button = event.target.closest(`[data-${name}]`);
    if (button !== null) onChoose(of(button));
  });
  return (chosen) => {
    for (const button of buttons()) button.setAttribute("aria-pressed", String(of(button) === chosen));
  };
}

// What a page shows stands in its address, so that links and reloads keep it; what is usual is left out.
export function remember(state, usual) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value !== usual[name]) query.set(name, value);
  const text = query.toString();
  history.replaceState(null, "", text === "" ? location.pathname : `?${text}`);
}

export function remembered(usual) {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, query.get(name) ?? value]));
}
