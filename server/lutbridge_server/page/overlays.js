// What can be laid over the photo: the clipping warning and the mask.

import { $, press } from "./dom.js";
import { hasMask } from "./looks.js";
import { say } from "./texts.js";

export class Overlays {
  showsClipping = false;
  showsMask = false;
  #changed;

  // changed(): the photo has to be painted again.
  constructor(changed) {
    this.#changed = changed;
    $("clipping").addEventListener("click", () => this.toggleClipping());
    $("mask").addEventListener("click", () => this.toggleMask());
  }

  toggleClipping() {
    if ($("clipping").disabled) return;
    this.showsClipping = !this.showsClipping;
    press($("clipping"), this.showsClipping);
    this.#changed();
  }

  toggleMask() {
    if ($("mask").disabled) return;
    this.#showMask(!this.showsMask);
    this.#changed();
  }

  // The mask can be seen where the model has one.
  offerMask(model, isRead) {
    $("mask").disabled = !hasMask(model) || !isRead;
    $("mask").title = hasMask(model)
      ? say("M: red covers the person")
      : say("{model} does not tell person and background apart", { model });
    if (!hasMask(model)) this.#showMask(false);
  }

  #showMask(isShown) {
    this.showsMask = isShown;
    press($("mask"), isShown);
  }
}
