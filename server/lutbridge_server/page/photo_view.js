// One photo, large: a divider between before and after, the loupe, the histogram, the full render.

import { between } from "./cube.js";
import { $, announce, make, perFrame, percent, press } from "./dom.js";
import { HelperError, job, label } from "./helper.js";
import * as histogram from "./histogram.js";
import { ownLut, STAGE_SIZE } from "./looks.js";
import { Loupe } from "./loupe.js";
import { painter } from "./painter.js";
import { preview, release, whole } from "./pictures.js";
import { Recent } from "./recent.js";
import { Split } from "./split.js";

const KEPT_PREVIEWS = 3; // of 2,560 px: 17 MB each
const CLIPPING = 0.001; // share of newly clipped pixels that is worth a warning
const FULL_QUALITY = 97; // of the JPEG that brings the full render here

export class PhotoView {
  #desk;
  #shoot;
  #turn = new AbortController(); // of the photo that is looked at
  #previews = new Recent(KEPT_PREVIEWS, (preview) => {
    painter.forget(preview);
    release(preview);
  });
  #preview = null; // a canvas
  #sample = null;
  #luts = { own: null, against: null };
  #question = null; // the models whose looks are on their way
  #full = null; // the full render: { bitmap, canvas, sample }
  #bitmap = null; // the photo at its own size, for the loupe
  #showsOriginal = false;
  #showsClipping = false;
  #leftShown = ""; // what the left canvas shows; it stays the same while most sliders move

  constructor(desk, shoot) {
    this.#desk = desk;
    this.#shoot = shoot;
    this.paint = perFrame(() => this.#paint());
    const paintLoupe = perFrame(() => this.#paintLoupe());
    this.split = new Split({ moved: paintLoupe, held: (isHeld) => this.#hold(isHeld) });
    this.loupe = new Loupe($("loupe"), $("frame"), paintLoupe);
    desk.addEventListener("selection", () => this.#open(desk.selected));
    desk.addEventListener("photo", (event) => event.detail === desk.selected && this.#open(desk.selected));
    desk.addEventListener("setting", (event) => this.#heed(event.detail));
    shoot.addEventListener("change", () => this.#offerLooks());
    $("loupe-button").addEventListener("click", () => this.#toggleLoupe());
    $("clipping").addEventListener("click", () => this.#toggleClipping());
    $("full").addEventListener("click", () => this.#render());
    $("photo-view").addEventListener("keydown", (event) => this.#shortcut(event));
  }

  async #open(photo) {
    this.#turn.abort();
    this.#turn = new AbortController();
    const { signal } = this.#turn;
    this.#dropFull();
    this.#bitmap?.close();
    this.#bitmap = null;
    this.#preview = this.#sample = null;
    this.#luts = { own: null, against: null };
    $("name").textContent = photo?.name ?? "";
    $("size").textContent = photo?.isRead ? `${photo.width} × ${photo.height}` : "";
    this.notices(photo?.error ? [photo.error.sentence] : []);
    $("frame").hidden = !photo?.isRead;
    this.#offerLooks();
    if (!photo?.isRead) return;
    $("stage").style.setProperty("--ratio", photo.width / photo.height);
    this.#show(this.#previews.get(photo) ?? photo.thumb); // at once, then sharp
    try {
      await Promise.all([this.#sharpen(photo, signal), this.#findLooks(photo, signal)]);
      if (this.loupe.isOpen) await this.#fetchBitmap(photo, signal);
    } catch (error) {
      this.#fail(error, signal);
    }
  }

  #show(preview) {
    this.#preview = preview;
    this.#sample = histogram.sampleOf(preview);
    this.#leftShown = "";
    this.paint();
  }

  async #sharpen(photo, signal) {
    if (this.#previews.get(photo)) return;
    const sharp = await preview(photo.file, signal, painter.side);
    if (signal.aborted) return release(sharp);
    this.#show(this.#previews.set(photo, sharp));
  }

  // The looks of both sides of the divider, for the models that are chosen.
  async #findLooks(photo, signal) {
    const { model, against } = this.#desk.settings;
    const question = (this.#question = { model, against });
    this.paint();
    const [own, other] = await Promise.all([
      ownLut(photo, model, STAGE_SIZE, true),
      against && ownLut(photo, against, STAGE_SIZE, true),
    ]);
    if (signal.aborted || question !== this.#question) return; // another was asked since
    this.#question = null;
    this.#luts = { own, against: other || null };
    this.#leftShown = "";
    this.paint();
  }

  #fail(error, signal) {
    if (signal.aborted) return;
    this.notices([error instanceof HelperError ? error.sentence : "This photo cannot be shown."]);
  }

  notices(sentences) {
    $("notices").replaceChildren(...sentences.map((textContent) => make("li", { textContent })));
  }

  async #heed(setting) {
    const photo = this.#desk.selected;
    if (setting !== "strength") this.#dropFull(); // which is of full strength, and mixed here
    if (photo?.isRead && (setting === "model" || setting === "against")) {
      const { signal } = this.#turn;
      await this.#findLooks(photo, signal).catch((error) => this.#fail(error, signal));
    }
    this.paint();
  }

  // The shoot's look can be chosen once the photo has one.
  #offerLooks() {
    const hasOne = this.#shoot.takes.has(this.#desk.selected);
    $("look-field").hidden = !hasOne;
    this.paint();
  }

  get #usesShoot() {
    return this.#desk.settings.look === "shoot" && this.#shoot.takes.has(this.#desk.selected);
  }

  // What is seen on each side of the divider, as painter.paint takes it.
  get #sides() {
    const { strength, consistency } = this.#desk.settings;
    const common = { strength, showsClipping: this.#showsClipping };
    if (this.#showsOriginal) return { left: { ...common }, right: { ...common } };
    const take = this.#shoot.takes.get(this.#desk.selected);
    const lut = this.#usesShoot ? between(take.own, take.agreed, consistency) : this.#luts.own;
    return {
      left: { ...common, lut: this.#luts.against },
      right: { ...common, lut, rendered: this.#full?.canvas ?? null },
    };
  }

  #paint() {
    const photo = this.#desk.selected;
    if (!this.#preview || $("photo-view").hidden) return;
    const sides = this.#sides;
    painter.paint($("right"), this.#preview, sides.right);
    const leftShown = JSON.stringify([sides.left.lut && [this.#desk.settings.against, sides.left.strength],
      sides.left.showsClipping]);
    if (leftShown !== this.#leftShown) painter.paint($("left"), this.#preview, sides.left);
    this.#leftShown = leftShown;
    this.#tag();
    this.#measure(sides.right);
    this.#paintLoupe();
    $("photo-view").setAttribute("aria-busy", String(this.#preview === photo.thumb || !!this.#question));
  }

  #paintLoupe() {
    if (!this.loupe?.isOpen || !this.#bitmap) return;
    this.loupe.paint(this.#bitmap, this.#full?.bitmap ?? null, this.#sides, this.split.share);
  }

  #tag() {
    const { model, against } = this.#desk.settings;
    const right = this.#full ? "full render" : this.#usesShoot ? "matched" : against ? model : "retouched";
    $("right-tag").textContent = this.#showsOriginal ? "original" : this.#question ? "…" : right;
    $("left-tag").textContent = !this.#showsOriginal && against ? against : "original";
    const { name } = this.#desk.selected;
    $("right").setAttribute("aria-label", `${name}, ${$("right-tag").textContent}`);
    $("left").setAttribute("aria-label", `${name}, ${$("left-tag").textContent}`);
  }

  #measure(look) {
    const codes = histogram.retouched(this.#sample, { ...look, rendered: look.rendered && this.#full.sample });
    const [before, after] = [this.#sample, codes].map(histogram.measure);
    histogram.draw($("histogram"), before, after);
    $("clipped").textContent = histogram.sentence(before, after);
    const added = Math.max(after.high - before.high, after.low - before.low);
    $("clipped").classList.toggle("mark", added > CLIPPING);
  }

  #hold(isHeld) {
    if (this.#showsOriginal === isHeld) return;
    this.#showsOriginal = isHeld;
    press($("original"), isHeld);
    this.paint();
  }

  #toggleClipping() {
    this.#showsClipping = !this.#showsClipping;
    press($("clipping"), this.#showsClipping);
    this.paint();
  }

  async #toggleLoupe() {
    this.loupe.isOpen = !this.loupe.isOpen;
    press($("loupe-button"), this.loupe.isOpen);
    const { signal } = this.#turn;
    if (!this.loupe.isOpen || !this.#desk.selected?.isRead) return;
    await this.#fetchBitmap(this.#desk.selected, signal).catch((error) => this.#fail(error, signal));
    $("loupe").focus({ preventScroll: true });
  }

  async #fetchBitmap(photo, signal) {
    const bitmap = this.#bitmap ?? (await whole(photo.file, signal));
    if (signal.aborted) return bitmap.close();
    this.#bitmap = bitmap;
    this.paint();
  }

  // Asks for the photo pixel by pixel, at its own size and full strength; strength is mixed here.
  async #render() {
    const photo = this.#desk.selected;
    if (!photo?.isRead || $("full").disabled) return;
    const { signal } = this.#turn;
    const progress = (share) => ($("full").textContent = share === null ? "Waiting…" : `Rendering ${percent(share)}`);
    $("full").disabled = true;
    try {
      const query = { format: "jpeg", icc: "srgb", quality: FULL_QUALITY, name: label(photo.name) };
      const render = (look) => job("/v1/render", { query: { ...query, ...look }, body: photo.file, signal, progress });
      const { settings } = this.#desk;
      const { blob, facts } = await this.#shoot.inLook(photo, !this.#usesShoot, settings, render, signal);
      const bitmap = await createImageBitmap(blob);
      if (signal.aborted) return bitmap.close();
      this.#dropFull();
      const canvas = fitted(bitmap, this.#preview);
      this.#full = { bitmap, canvas, sample: histogram.sampleOf(canvas) };
      this.notices(facts.notices ?? []);
      announce(`${photo.name}: the full render is shown`);
      this.paint();
    } catch (error) {
      this.#fail(error, signal);
    } finally {
      $("full").disabled = false;
      $("full").textContent = "Full render";
    }
  }

  #dropFull() {
    if (!this.#full) return;
    this.#full.bitmap.close();
    painter.forget(this.#full.canvas);
    release(this.#full.canvas);
    this.#full = null;
  }

  #shortcut(event) {
    if (event.target.matches("input:not(#split), select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = { l: () => this.#toggleLoupe(), c: () => this.#toggleClipping() }[event.key.toLowerCase()];
    if (action && !event.repeat) action();
  }

  // Frees what is kept of a photo that left.
  forget(photo) {
    this.#previews.delete(photo);
  }
}

// A bitmap on a canvas of exactly another one's size.
function fitted(bitmap, { width, height }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas;
}
