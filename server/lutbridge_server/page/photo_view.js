// One photo, large: a divider between before and after, the loupe, the histogram, the full render.

import { describeExif } from "./exif.js";
import { $, announce, make, perFrame, press } from "./dom.js";
import { FullRender } from "./full_render.js";
import { HelperError } from "./helper.js";
import * as histogram from "./histogram.js";
import { hasMask, lookBetween, ownLook, STAGE_SIZE } from "./looks.js";
import { Loupe } from "./loupe.js";
import { painter } from "./painter.js";
import { preview, release, whole } from "./pictures.js";
import { Recent } from "./recent.js";
import { Split } from "./split.js";
import { Zoom } from "./zoom.js";

const KEPT_PREVIEWS = 3; // of 2,560 px: 17 MB each
const TOOLS = "#photo-view .tools button"; // of no use without a photo
const NO_LOOKS = { own: null, against: null, model: "", other: "" };

export class PhotoView {
  #openPhotos;
  #shoot;
  #full;
  #turn = new AbortController(); // of the photo that is looked at
  #previews = new Recent(KEPT_PREVIEWS, (preview) => {
    painter.forget(preview);
    release(preview);
  });
  #preview = null; // a canvas
  #sample = null;
  #looks = NO_LOOKS; // the looks of both sides of the divider, and the names of their models
  #isOpening = false; // until the photo is sharp and has its looks, or cannot have them
  #question = null; // the current request for looks
  #bitmap = null; // the photo at its own size, for the loupe
  #isFetching = false; // it is on its way
  #canRetry = false; // what failed may succeed another time
  #showsOriginal = false;
  #showsClipping = false;
  #showsMask = false;
  #leftShown = ""; // content of the left canvas, which most sliders do not change

  constructor(openPhotos, shoot) {
    this.#openPhotos = openPhotos;
    this.#shoot = shoot;
    this.#full = new FullRender(shoot);
    this.paint = perFrame(() => this.#paint());
    const paintLoupe = perFrame(() => this.#paintLoupe());
    this.split = new Split({ moved: paintLoupe, held: (isHeld) => this.#hold(isHeld) });
    this.zoom = new Zoom({ changed: (scale) => this.#zoomed(scale), moved: this.paint });
    this.loupe = new Loupe($("loupe"), $("frame"), paintLoupe);
    openPhotos.addEventListener("selection", () => this.#open(openPhotos.selected));
    openPhotos.addEventListener("photo", (event) => event.detail === openPhotos.selected && this.#open(openPhotos.selected));
    openPhotos.addEventListener("setting", (event) => this.#heed(event.detail));
    openPhotos.addEventListener("retry", () => this.#canRetry && this.#open(openPhotos.selected));
    shoot.addEventListener("change", () => this.#offerLooks());
    $("loupe-button").addEventListener("click", () => this.toggleLoupe());
    $("clipping").addEventListener("click", () => this.toggleClipping());
    $("mask").addEventListener("click", () => this.toggleMask());
    $("full").addEventListener("click", () => this.#render());
  }

  async #open(photo) {
    this.#turn.abort();
    this.#turn = new AbortController();
    const { signal } = this.#turn;
    this.#full.drop();
    this.#bitmap?.close();
    this.#bitmap = this.#preview = this.#sample = this.#question = null;
    this.#looks = NO_LOOKS;
    this.#isFetching = false;
    this.#isOpening = !!photo?.isRead;
    this.zoom.leave(); // until its pixels are there
    this.#describe(photo);
    this.#offerLooks();
    if (!photo?.isRead) return;
    $("stage").style.setProperty("--ratio", photo.width / photo.height);
    this.#show(this.#previews.get(photo) ?? photo.thumb); // at once, then sharp
    const fail = (error) => this.#fail(error, signal);
    await Promise.all([this.#sharpen(photo, signal).catch(fail), this.#findLooks(photo, signal).catch(fail)]);
    if (this.loupe.isOpen || this.zoom.scale) await this.#fetchBitmap(photo, signal).catch(fail);
    if (signal.aborted) return;
    this.#isOpening = false;
    this.paint();
  }

  // The frame around the picture: without a photo, while it is read, if it cannot be read, and with it.
  #describe(photo) {
    $("name").textContent = photo?.name ?? "";
    $("size").textContent = photo?.isRead ? `${photo.width} × ${photo.height}` : "";
    this.#describeShot(photo);
    $("frame").hidden = !photo?.isRead;
    $("waiting").textContent = photo && !photo.isRead && !photo.error ? "Reading the photo…" : "";
    for (const tool of document.querySelectorAll(TOOLS)) tool.disabled = !photo?.isRead;
    this.#offerMask();
    this.#notice(photo?.error ? [photo.error.sentence] : [], photo?.error?.isPassing ?? false);
    if (!photo?.isRead) histogram.clear();
    this.#tellBusy();
  }

  async #describeShot(photo) {
    $("exif").textContent = "";
    const line = photo?.isRead ? await describeExif(photo.file) : "";
    if (photo === this.#openPhotos.selected) $("exif").textContent = line;
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
    const { model, against: other } = this.#openPhotos.settings;
    const question = (this.#question = {});
    this.#tellBusy();
    this.paint();
    try {
      const asked = [model, other].map((name) => name && ownLook(photo, name, STAGE_SIZE, true));
      const [own, against] = await Promise.all(asked);
      if (signal.aborted || question !== this.#question) return; // another was asked since
      this.#looks = { own, against: against || null, model, other };
      if (own.notices.length) this.#notice(own.notices);
    } catch (error) {
      if (question !== this.#question) return;
      this.#looks = NO_LOOKS;
      throw error;
    } finally {
      if (question === this.#question) this.#question = null;
      this.#leftShown = "";
      this.paint();
    }
  }

  get #isBusy() {
    const photo = this.#openPhotos.selected;
    return !!photo && !photo.error && (!photo.isRead || this.#isOpening || this.#isFetching || this.#question !== null);
  }

  #tellBusy() {
    $("photo-view").setAttribute("aria-busy", String(this.#isBusy));
  }

  #fail(error, signal) {
    if (signal.aborted) return;
    const isKnown = error instanceof HelperError;
    this.#notice([isKnown ? error.sentence : "This photo cannot be shown."], isKnown && error.isPassing);
  }

  #notice(sentences, canRetry = false) {
    const said = sentences.map((sentence) => {
      const notice = make("p", {}, sentence);
      const button = make("button", { type: "button", textContent: canRetry ? "Try again" : "Close" });
      button.addEventListener("click", () => {
        document.querySelector("#filmstrip [aria-current]").focus(); // the button goes
        if (canRetry) this.#openPhotos.retry();
        else notice.remove();
      });
      if (canRetry || !$("frame").hidden) notice.append(button); // what lies over a photo can be put away
      return notice;
    });
    $("notices").replaceChildren(...said);
    this.#canRetry = canRetry;
  }

  async #heed(setting) {
    const photo = this.#openPhotos.selected;
    if (setting === "model") this.#offerMask();
    if (!["person", "background"].includes(setting)) this.#full.drop(); // it is of full strength, and mixed here
    if (photo?.isRead && (setting === "model" || setting === "against")) {
      const { signal } = this.#turn;
      this.#notice([]);
      await this.#findLooks(photo, signal).catch((error) => this.#fail(error, signal));
    }
    this.paint();
  }

  // The shoot's look can be chosen once the photo has one.
  #offerLooks() {
    const hasOne = this.#shoot.takes.has(this.#openPhotos.selected);
    $("look-field").hidden = !hasOne;
    this.paint();
  }

  get #usesShoot() {
    return this.#openPhotos.settings.look === "shoot" && this.#shoot.takes.has(this.#openPhotos.selected);
  }

  // What is seen on each side of the divider, as painter.paint takes it.
  get #sides() {
    const { dials, settings } = this.#openPhotos;
    const common = { dials, showsClipping: this.#showsClipping };
    if (this.#showsOriginal) return { left: { ...common }, right: { ...common } };
    const take = this.#shoot.takes.get(this.#openPhotos.selected);
    const look = this.#usesShoot ? lookBetween(take.own, take.agreed, settings.consistency) : this.#looks.own;
    const rendered = this.#full.beside(this.#preview)?.canvas ?? null;
    return {
      left: { ...common, look: this.#looks.against },
      right: { ...common, look, rendered, showsMask: this.#showsMask },
    };
  }

  #paint() {
    if ($("photo-view").hidden) return;
    if (this.#preview) {
      const sides = this.#sides;
      const isZoomed = this.zoom.scale && this.#bitmap;
      if (isZoomed) this.#paintZoomed(sides);
      else painter.paint($("right"), this.#preview, sides.right);
      const { dials, showsClipping } = sides.left;
      const leftShown = JSON.stringify([sides.left.look && [this.#looks.other, dials], showsClipping]);
      if (!isZoomed && leftShown !== this.#leftShown) painter.paint($("left"), this.#preview, sides.left);
      this.#leftShown = isZoomed ? "" : leftShown;
      this.#tag();
      this.#measure(sides.right);
      this.#paintLoupe();
    }
    this.#tellBusy();
  }

  #paintZoomed({ left, right }) {
    const { photo, rendered, area } = this.zoom.show(this.#bitmap, this.#full.bitmap);
    painter.paint($("right"), photo, { ...right, area, rendered: right.rendered && rendered });
    painter.paint($("left"), photo, { ...left, area });
  }

  #paintLoupe() {
    if (!this.loupe?.isOpen || !this.#bitmap) return;
    this.loupe.paint(this.#bitmap, this.#full.bitmap, this.#sides, this.split.share);
  }

  get #rightName() {
    const { own, model, other } = this.#looks;
    if (this.#isFetching) return "loading all pixels…";
    if (this.#full.bitmap) return "full render";
    if (this.#usesShoot) return "matched";
    if (this.#question) return "retouching…";
    return own ? (other ? model : "retouched") : "not retouched";
  }

  #tag() {
    const names = { left: this.#looks.other || "original", right: this.#rightName };
    $("right-tag").classList.toggle("full", !!this.#full.bitmap && !this.#showsOriginal);
    for (const [side, name] of Object.entries(names)) {
      $(`${side}-tag`).textContent = this.#showsOriginal ? "original" : name;
      $(side).setAttribute("aria-label", `${this.#openPhotos.selected.name}, ${$(`${side}-tag`).textContent}`);
    }
  }

  #measure(how) {
    const rendered = how.rendered && this.#full.beside(this.#preview).sample;
    histogram.show(this.#sample, histogram.retouched(this.#sample, this.#preview, { ...how, rendered }));
  }

  #hold(isHeld) {
    if (this.#showsOriginal === isHeld) return;
    this.#showsOriginal = isHeld;
    press($("original"), isHeld);
    this.paint();
  }

  toggleClipping() {
    if ($("clipping").disabled) return;
    this.#showsClipping = !this.#showsClipping;
    press($("clipping"), this.#showsClipping);
    this.paint();
  }

  // The mask can be shown if the model has one.
  #offerMask() {
    const { model } = this.#openPhotos.settings;
    const canShow = hasMask(model);
    $("mask").disabled = !canShow || !this.#openPhotos.selected?.isRead;
    $("mask").title = canShow ? "M: red lies over the person" : `${model} does not look for the person`;
    if (canShow || !this.#showsMask) return;
    this.#showsMask = false;
    press($("mask"), false);
  }

  toggleMask() {
    if ($("mask").disabled) return;
    this.#showsMask = !this.#showsMask;
    press($("mask"), this.#showsMask);
    this.paint();
  }

  async toggleLoupe() {
    if ($("loupe-button").disabled) return;
    this.#openLoupe(!this.loupe.isOpen);
    const { signal } = this.#turn;
    if (!this.loupe.isOpen || !this.#openPhotos.selected?.isRead) return;
    await this.#fetchBitmap(this.#openPhotos.selected, signal).catch((error) => this.#fail(error, signal));
    $("loupe").focus({ preventScroll: true });
  }

  #openLoupe(isOpen) {
    if (isOpen) this.zoom.set(0);
    this.loupe.isOpen = isOpen;
    press($("loupe-button"), isOpen);
  }

  async #zoomed(scale) {
    if (scale) this.#openLoupe(false);
    this.paint();
    const photo = this.#openPhotos.selected;
    const { signal } = this.#turn;
    if (scale && photo?.isRead) await this.#fetchBitmap(photo, signal).catch((error) => this.#fail(error, signal));
  }

  async #fetchBitmap(photo, signal) {
    if (this.#bitmap) return;
    this.#isFetching = true;
    this.paint();
    try {
      const bitmap = await whole(photo.file, signal);
      if (signal.aborted || this.#bitmap) return bitmap.close();
      this.#bitmap = bitmap;
    } finally {
      if (!signal.aborted) this.#isFetching = false;
      this.paint();
    }
  }

  async #render() {
    const photo = this.#openPhotos.selected;
    if (this.#full.isOnItsWay) return this.#full.drop();
    const { signal } = this.#turn;
    try {
      const notices = await this.#full.make(photo, !this.#usesShoot, this.#openPhotos.settings);
      if (!notices || signal.aborted) return;
      this.#notice(notices);
      announce(`${photo.name}: the full render is shown`);
    } catch (error) {
      this.#fail(error, signal);
    }
    this.paint();
  }

  // Frees the resources of a removed photo.
  forget(photo) {
    this.#previews.delete(photo);
  }
}
