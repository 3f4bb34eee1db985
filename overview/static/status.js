// Icon, word, colour: the same as the macro of status.html makes. `kind` is ok, warning, serious or gone.
const PATHS = { ok: "M3.5 8.5l3 3 6-7", warning: "M8 3.5v5.5M8 12v.5", serious: "M4.5 4.5l7 7M11.5 4.5l-7 7" };

export function statusElement(kind, word) {
  const shown = document.createElement("span");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 16 16");
  icon.setAttribute("aria-hidden", "true");
  icon.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  shown.append(icon, "");
  setStatus(shown, kind, word);
  return shown;
}

export function setStatus(shown, kind, word) {
  shown.className = `state status-${kind}`;
  shown.querySelector("path").setAttribute("d", PATHS[kind] ?? "M4 8h8");
  shown.lastChild.data = word;
}
