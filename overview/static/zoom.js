// Ranges of axes that follow the data until the reader zooms: Plotly keeps a zoom only while the range that is
// asked for stays the same, and new samples change it.
const SLACK = 1500; // milliseconds: Plotly rounds dates

// `wanted`: the range of each axis without a zoom; `key` changes when zoom must start anew.
export function keepingZoom(place, key, wanted) {
  const before = place.usermonRanges;
  // Copies: Plotly writes a zoom into the very arrays that it was given.
  place.usermonRanges = { key, wanted: Object.fromEntries(Object.entries(wanted).map(([axis, range]) => [axis, [...range]])) };
  if (before?.key !== key) return wanted;
  return Object.fromEntries(Object.entries(wanted).map(([axis, range]) => {
    const shown = place.layout?.[axis]?.range;
    return [axis, shown && !same(shown, before.wanted[axis]) ? shown : range];
  }));
}

function same(one, other) {
  return one.every((end, at) => {
    const [a, b] = [number(end), number(other[at])];
    return Math.abs(a - b) <= (typeof end === "number" ? 1e-9 * Math.max(Math.abs(a), Math.abs(b)) : SLACK);
  });
}

function number(end) { return typeof end === "number" ? end : +new Date(end); }
