// Where the photo lies in the frame: once, with a divider between before and after, or twice, before and after side by
// side. Zoom, loupe and divider ask here, so that both pictures are moved together.

import { $, press } from "./dom.js";

const BETWEEN = 4; // CSS px between the two; also in photos.css

class Panes {
  #frame = $("frame");

  get isBeside() {
    return this.#frame.classList.contains("beside");
  }

  set isBeside(isBeside) {
    this.#frame.classList.toggle("beside", isBeside);
    press($("beside"), isBeside);
    $("split").disabled = isBeside; // there is no divider then
  }

  // CSS px of one picture as large as there is room for, in a box of this width; and the width of both, of one picture.
  room(width) {
    return this.isBeside ? (width - BETWEEN) / 2 : width;
  }

  around(width) {
    return this.isBeside ? 2 * width + BETWEEN : width;
  }

  // The picture on this side, { left, top, width, height } as of getBoundingClientRect.
  box(side) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    const one = this.room(width);
    return { left: this.isBeside && side === "right" ? left + one + BETWEEN : left, top, width: one, height };
  }

  // What the mouse is over: { side, x, y }, with its place as shares of the photo.
  at({ clientX, clientY }) {
    const { left, width } = this.#frame.getBoundingClientRect();
    const side = clientX < left + width / 2 ? "left" : "right";
    const box = this.box(side);
    return { side, x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
  }
}

export const panes = new Panes();
