// The photo in place at 100 % or 200 %: one or two of the screen's pixels for each of its own, moved with the mouse.

import { $, press } from "./dom.js";
import { isShortcut } from "./keys.js";
import { painter } from "./painter.js";
import { cut, release } from "./pictures.js";

const STEP = 0.2; // of the visible part, moved by an arrow key
const SCALES = [0, 1, 2]; // 0 fits the photo into the window
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Zoom {
  scale = 0;
  #x = 0.5; // of the photo, the centre of the view; kept from photo to photo
  #y = 0.5;
  #seen = null; // { left, top, width, height, photo } in the photo's pixels
  #crops = null; // { key, photo, rendered }: what is seen of the bitmaps, kept while sliders move
  #frame = $("frame");
  #stage = $("stage");
  #changed;
  #moved;
  #grip = null; // where the mouse was last, while it drags

  // changed(scale): another scale was chosen; moved(): it has to be painted again.
  constructor({ changed, moved }) {
    this.#changed = changed;
    this.#moved = moved;
    for (const button of this.#buttons) button.addEventListener("click", () => this.set(Number(button.dataset.zoom)));
    this.#frame.addEventListener("dblclick", (event) => this.#toggle(event));
    this.#frame.addEventListener("pointerdown", (event) => this.#grab(event));
    this.#frame.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel"]) this.#frame.addEventListener(end, () => (this.#grip = null));
    this.#frame.addEventListener("wheel", (event) => this.#roll(event), { passive: false });
    addEventListener("keydown", (event) => this.#step(event), true);
    new ResizeObserver(() => this.scale && moved()).observe(this.#stage);
  }

  get #buttons() {
    return document.querySelectorAll("button[data-zoom]");
  }

  set(scale) {
    if (scale === this.scale) return;
    this.scale = scale;
    for (const button of this.#buttons) press(button, Number(button.dataset.zoom) === scale);
    if (!scale) this.leave();
    this.#changed(scale);
  }

  // The next scale, and after the largest the whole photo.
  next() {
    this.set(SCALES[(SCALES.indexOf(this.scale) + 1) % SCALES.length]);
  }

  // Shows the whole photo, for now or until another scale is chosen.
  leave() {
    delete this.#frame.dataset.zoom;
    this.#seen = null;
    this.#drop();
  }

  // What is to be painted of a full-size bitmap and of its full render: { photo, rendered, area }, canvases and where on
  // the photo they lie. Makes the frame as large as that.
  show(bitmap, rendered) {
    const share = this.scale / devicePixelRatio; // CSS px of a pixel of the photo
    const [width, height] = [
      [this.#stage.clientWidth, bitmap.width],
      [this.#stage.clientHeight, bitmap.height],
    ].map(([room, all]) => Math.max(1, Math.min(all, Math.floor(room / share))));
    const left = within(Math.round(this.#x * bitmap.width - width / 2), bitmap.width - width);
    const top = within(Math.round(this.#y * bitmap.height - height / 2), bitmap.height - height);
    this.#x = (left + width / 2) / bitmap.width; // what lies beyond an edge cannot be moved to
    this.#y = (top + height / 2) / bitmap.height;
    this.#seen = { left, top, width, height, photo: bitmap };
    this.#frame.dataset.zoom = this.scale;
    this.#frame.style.setProperty("--width", `${width * share}px`);
    this.#frame.style.setProperty("--height", `${height * share}px`);
    this.#cut(bitmap, rendered);
    const area = { left: left / bitmap.width, top: top / bitmap.height, width: width / bitmap.width, height: height / bitmap.height };
    return { photo: this.#crops.photo, rendered: this.#crops.rendered, area };
  }

  #cut(bitmap, rendered) {
    const { left, top, width, height } = this.#seen;
    const key = [left, top, width, height, bitmap, rendered];
    if (this.#crops?.key.every((part, index) => part === key[index])) return;
    this.#drop();
    const [photo, other] = [bitmap, rendered].map((picture) => picture && cut(picture, left, top, width, height));
    this.#crops = { key, photo, rendered: other };
  }

  #drop() {
    for (const crop of [this.#crops?.photo, this.#crops?.rendered]) {
      painter.forget(crop);
      release(crop);
    }
    this.#crops = null;
  }

  // To 100 % at the place that was clicked, and back.
  #toggle(event) {
    if ($("divider").contains(event.target)) return;
    if (!this.scale) {
      const box = this.#frame.getBoundingClientRect();
      this.#x = (event.clientX - box.left) / box.width;
      this.#y = (event.clientY - box.top) / box.height;
    }
    this.set(this.scale ? 0 : 1);
  }

  #grab(event) {
    if (event.button !== 0 || !this.#seen || $("divider").contains(event.target)) return;
    this.#grip = event;
  }

  #drag(event) {
    if (!this.#grip) return;
    this.#move(this.#grip.clientX - event.clientX, this.#grip.clientY - event.clientY);
    this.#grip = event;
  }

  #roll(event) {
    if (!this.#seen || event.ctrlKey) return;
    event.preventDefault();
    this.#move(event.deltaX, event.deltaY);
  }

  #step(event) {
    const by = ARROWS[event.key];
    if (!by || !this.#seen || !event.shiftKey || !isShortcut(event)) return;
    event.preventDefault();
    event.stopPropagation(); // without Shift it goes to the next photo
    const { width, height } = this.#frame.getBoundingClientRect();
    this.#move(by[0] * STEP * width, by[1] * STEP * height);
  }

  // By CSS px.
  #move(across, down) {
    const share = this.scale / devicePixelRatio;
    this.#x += across / share / this.#seen.photo.width;
    this.#y += down / share / this.#seen.photo.height;
    this.#moved();
  }
}

const within = (at, most) => Math.min(most, Math.max(0, at));
