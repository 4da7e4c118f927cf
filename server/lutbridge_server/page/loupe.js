// A small window on the photo's own pixels, one to one.

import { painter } from "./painter.js";
import { panes } from "./panes.js";
import { cut, release } from "./pictures.js";

const STEP = 24; // CSS px that an arrow key moves it

export class Loupe {
  // `moved` is called when it has to be painted again.
  constructor(canvas, frame, moved) {
    this.canvas = canvas;
    this.frame = frame;
    this.moved = moved;
    this.x = this.y = 0.5; // of the photo
    this.side = "right"; // which picture of the photo it lies on, where there are two
    frame.addEventListener("pointermove", (event) => this.#follow(event));
    canvas.addEventListener("keydown", (event) => this.#step(event));
  }

  get isOpen() {
    return !this.canvas.hidden;
  }

  set isOpen(open) {
    this.canvas.hidden = !open;
    if (open) this.#place(); // its pixels may take a while
  }

  // Paints it: `photo` and `rendered` are the full-size bitmaps, `sides` what painter.paint is told for each side of
  // the divider, which stands at the share `split` of the photo.
  paint(photo, rendered, sides, split) {
    const side = Math.round(this.canvas.clientWidth * devicePixelRatio);
    const left = Math.round(this.x * photo.width - side / 2);
    const top = Math.round(this.y * photo.height - side / 2);
    const crops = [photo, rendered].map((picture) => picture && cut(picture, left, top, side, side));
    const edge = panes.isBeside ? (this.side === "left" ? side : 0) : Math.min(side, Math.max(0, Math.round(split * photo.width) - left));
    const { width, height } = photo;
    const area = { left: left / width, top: top / height, width: side / width, height: side / height };
    const shown = (how) => ({ ...how, area, rendered: how.rendered ? crops[1] : null });
    painter.paint(this.canvas, crops[0], shown(sides.right));
    if (edge > 0) {
      const other = document.createElement("canvas");
      painter.paint(other, crops[0], shown(sides.left));
      this.canvas.getContext("2d").drawImage(other, 0, 0, edge, side, 0, 0, edge, side);
      release(other);
    }
    for (const crop of crops) {
      painter.forget(crop);
      release(crop);
    }
    this.#place();
  }

  // Follows the mouse within the stage, so that it covers nothing beside the photo.
  #place() {
    const frame = this.frame.getBoundingClientRect();
    const room = this.frame.parentElement.getBoundingClientRect();
    const half = this.canvas.offsetWidth / 2;
    const within = (at, from, to) => (to - from < 2 * half ? (from + to) / 2 : Math.min(to - half, Math.max(from + half, at)));
    const picture = panes.box(this.side);
    const left = within(picture.left + this.x * picture.width, room.left, room.right) - frame.left;
    const top = within(picture.top + this.y * picture.height, room.top, room.bottom) - frame.top;
    Object.assign(this.canvas.style, { left: `${left}px`, top: `${top}px` });
  }

  #follow(event) {
    if (!this.isOpen) return;
    const { side, x, y } = panes.at(event);
    this.side = side;
    this.#move(x, y);
  }

  #step(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const { width, height } = panes.box(this.side);
    this.#move(this.x + (by[0] * STEP) / width, this.y + (by[1] * STEP) / height);
  }

  #move(x, y) {
    this.x = Math.min(1, Math.max(0, x));
    this.y = Math.min(1, Math.max(0, y));
    this.#place();
    this.moved();
  }
}
