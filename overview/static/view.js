// What the reader chose stands in the address, so that links and reloads keep it.
export const chosen = (name) => new URLSearchParams(location.search).get(name);

export function keep(name, value) {
  const address = new URL(location.href);
  if (value === null || value === "") address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  history.replaceState(null, "", address);
}
