// The bubble plots: figures come from the server, theme, clicks and the chosen user's ring are laid on here.
import { getJson } from "./feed.js";
import { draw, framed } from "./plots.js";

const SCALE = "usermon-scale";

export class BubblePlots {
  constructor({ onUser, onCrowd, placeOf }) {
    this.onUser = onUser;
    this.onCrowd = onCrowd;
    this.placeOf = placeOf;
    this.chosen = null;
    this.places = [...document.querySelectorAll("[data-bubbles]")];
    this.scale = remembered();
    this.buttons = [...document.querySelectorAll("[data-scale]")];
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.setScale(button.dataset.scale));
    }
    this.press();
  }

  press() {
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.scale === this.scale));
  }

  setScale(scale) {
    this.scale = scale;
    try { localStorage.setItem(SCALE, scale); } catch { /* private window */ }
    this.press();
    return this.refresh();
  }

  refresh() { return Promise.all(this.places.map((place) => this.load(place))); }

  async load(place) {
    const volume = place.dataset.bubbles;
    const { read } = await getJson(`/storage/bubbles/${encodeURIComponent(volume)}.json?scale=${this.scale}`);
    place.usermonFigure = await read();
    if (place.usermonFigure.data.some((trace) => trace.meta === "crowds")) document.getElementById("crowd-note").hidden = false;
    await this.show(place);
    if (!place.usermonListens) {
      place.usermonListens = true;
      place.on("plotly_click", ({ points: [point] }) => {
        if (point.data.meta === "users") this.onUser(point.customdata);
        else if (point.data.meta === "crowds") this.onCrowd(volume, point.customdata);
      });
    }
  }

  choose(user) {
    this.chosen = user;
    return Promise.all(this.places.filter((place) => place.usermonFigure).map((place) => this.show(place)));
  }

  show(place) {
    const volume = place.dataset.bubbles;
    const figure = place.usermonFigure;
    return draw(place, (now) => {
      const colour = now.volumes[volume]?.colour;
      const looks = {
        users: { color: colour, opacity: 0.55, line: { color: colour, width: 1 } },
        crowds: { color: now.line, opacity: 0.7, line: { color: now.crowd, width: 1 } },
      };
      const data = figure.data.map((trace) => ({ ...trace, marker: { ...trace.marker, ...looks[trace.meta] } }));
      const at = this.chosen === null ? null : this.placeOf(this.chosen, volume);
      if (at) {
        const [zeroX, zeroY] = figure.layout.meta.zero;
        data.push({
          type: "scatter", mode: "markers+text", x: [at.gb > 0 ? at.gb : zeroX], y: [at.files > 0 ? at.files : zeroY],
          text: [escapeText(this.chosen)], textposition: "top center", textfont: { color: now.ring }, hoverinfo: "skip", cliponaxis: false,
          marker: { symbol: "circle-open", size: 24, color: now.ring, line: { width: 2.5 } },
        });
      }
      const shapes = figure.layout.shapes.map((shape) => ({ ...shape, line: { ...shape.line, color: now.line } }));
      return { data, layout: framed(now, { ...figure.layout, shapes, height: 380, uirevision: `${volume} ${this.scale}` }) };
    });
  }
}

// Plotly reads a little HTML in its texts.
function escapeText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function remembered() {
  try { return localStorage.getItem(SCALE) === "linear" ? "linear" : "log"; } catch { return "log"; }
}
