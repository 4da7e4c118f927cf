// The full render: the photo pixel by pixel, at its own size and full strength; strength is mixed on the page.

import { $, percent } from "./dom.js";
import { job, label } from "./helper.js";
import { sampleOf } from "./histogram.js";
import { painter } from "./painter.js";
import { release } from "./pictures.js";

const QUALITY = 97; // of the JPEG that brings it here

export class FullRender {
  bitmap = null;
  #shoot;
  #end = null; // the AbortController of one that is on its way
  #small = null; // { canvas, sample }: it at the size of what is seen

  constructor(shoot) {
    this.#shoot = shoot;
  }

  get isOnItsWay() {
    return this.#end !== null;
  }

  // Asks for the photo in the look that `settings` describe; its own, or the one the shoot found for it. Resolves with
  // notices about it, and with null where it was given up.
  async make(photo, isOwn, settings) {
    this.drop();
    const end = (this.#end = new AbortController());
    const signal = AbortSignal.any([end.signal, photo.end.signal]);
    const query = { format: "jpeg", icc: "srgb", quality: QUALITY, name: label(photo.name) };
    const render = (look) =>
      job("/v1/render", { query: { ...query, ...look }, body: photo.file, signal, progress: (share) => this.#tell(share) });
    this.#tell(null);
    try {
      const { blob, facts } = await this.#shoot.inLook(photo, isOwn, settings, render, signal);
      const bitmap = await createImageBitmap(blob);
      if (!signal.aborted) {
        this.bitmap = bitmap;
        return facts.notices ?? [];
      }
      bitmap.close();
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      if (this.#end === end) this.#finish();
    }
    return null;
  }

  // At the size of a canvas, for blending with it: { canvas, sample }; null if there is none.
  beside({ width, height }) {
    if (!this.bitmap) return null;
    if (this.#small?.canvas.width !== width || this.#small.canvas.height !== height) {
      this.#dropSmall();
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(this.bitmap, 0, 0, width, height);
      this.#small = { canvas, sample: sampleOf(canvas) };
    }
    return this.#small;
  }

  // Cancels a pending render, and frees the finished one.
  drop() {
    this.#end?.abort();
    this.#finish();
    this.bitmap?.close();
    this.bitmap = null;
    this.#dropSmall();
  }

  #dropSmall() {
    painter.forget(this.#small?.canvas);
    release(this.#small?.canvas);
    this.#small = null;
  }

  #tell(share) {
    $("full").textContent = share === null ? "Cancel" : `Cancel (${percent(share)})`;
  }

  #finish() {
    this.#end = null;
    $("full").textContent = "Full render";
  }
}
