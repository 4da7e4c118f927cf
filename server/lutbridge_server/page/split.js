// The divider between before and after, and the press that shows the original.

import { $ } from "./dom.js";
import { isShortcut } from "./keys.js";

const GRIP = 24; // CSS px on either side of the divider that take hold of it
const KEY = "o";

export class Split {
  #slider = $("split");
  #frame = $("frame");
  #moved;
  #held;
  #isDragged = false;
  #isHeldByKey = false;

  // moved(): the divider was moved; held(isHeld): the original is to be shown, or not any more.
  constructor({ moved, held }) {
    this.#moved = moved;
    this.#held = held;
    this.#slider.addEventListener("input", () => this.#show());
    this.#frame.addEventListener("pointerdown", (event) => this.#down(event));
    this.#frame.addEventListener("mousedown", (event) => event.preventDefault()); // it would take the focus away again
    this.#frame.addEventListener("pointermove", (event) => this.#isDragged && this.#follow(event));
    for (const end of ["pointerup", "pointercancel"]) this.#frame.addEventListener(end, () => this.#up());
    const button = $("original");
    button.addEventListener("pointerdown", () => held(true));
    for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) {
      button.addEventListener(end, () => held(false));
    }
    const isPress = (event) => event.target === button && [" ", "Enter"].includes(event.key);
    const byKey = (isHeld) => {
      this.#isHeldByKey = isHeld;
      held(isHeld);
    };
    addEventListener("keydown", (event) => {
      const isLetter = event.key.toLowerCase() === KEY && isShortcut(event);
      if (isLetter) event.preventDefault(); // a menu would jump to the choice that begins with it
      if (isLetter || isPress(event)) byKey(true);
    });
    addEventListener("keyup", () => this.#isHeldByKey && byKey(false));
    addEventListener("blur", () => this.#isHeldByKey && byKey(false)); // the key comes up in another window
    this.#show();
  }

  // Its position, 0 to 1.
  get share() {
    return this.#slider.valueAsNumber / 100;
  }

  #down(event) {
    if (event.button !== 0) return;
    this.#frame.setPointerCapture(event.pointerId);
    const box = this.#frame.getBoundingClientRect();
    this.#isDragged = Math.abs(event.clientX - box.left - this.share * box.width) < GRIP;
    this.#slider.focus({ preventScroll: true }); // for the keys
    if (!this.#isDragged && !this.#frame.dataset.zoom) this.#held(true); // a zoomed photo is moved instead
  }

  #follow(event) {
    const box = this.#frame.getBoundingClientRect();
    this.#slider.value = (100 * (event.clientX - box.left)) / box.width;
    this.#show();
  }

  #up() {
    this.#isDragged = false;
    this.#held(false);
  }

  #show() {
    this.#frame.style.setProperty("--split", `${this.#slider.value}%`);
    this.#slider.setAttribute("aria-valuetext", `${Math.round(this.#slider.value)} % on the left`);
    this.#moved();
  }
}
