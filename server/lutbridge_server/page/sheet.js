// The takes side by side: untouched, each alone, consistent.

import { $, make, order, perFrame, roving, segments } from "./dom.js";
import { lookBetween, ownLook, SHEET_SIZE } from "./looks.js";
import { painter } from "./painter.js";
import { release } from "./pictures.js";

const ROWS = [["untouched", "Untouched"], ["alone", "Each alone"], ["consistent", "Consistent"]];

export class Sheet {
  #list = $("sheet");
  #openPhotos;
  #shoot;
  #cards = new Map(); // photo → its list item
  #seen = new Set(); // photos whose card is on the screen, or nearly
  #stale = new Set(); // those of them that are to be painted again
  #alone = new Map(); // photo → its own look; null while requested, or why there is none
  #isQuiet = false; // the last frame found nothing to do
  #later;
  #watch = new IntersectionObserver((changes) => this.#notice(changes), { rootMargin: "300px" });

  // `open` is called with the photo to enlarge.
  constructor(openPhotos, shoot, open) {
    this.#openPhotos = openPhotos;
    this.#shoot = shoot;
    this.open = open;
    this.#later = perFrame(() => this.#paint());
    const labels = ROWS.map(([row, textContent]) => make("span", { className: row, textContent }));
    this.#list.append(make("li", { className: "labels", "aria-hidden": "true" }, ...labels));
    openPhotos.addEventListener("photos", () => this.#arrange());
    openPhotos.addEventListener("photo", (event) => this.#fill(event.detail));
    openPhotos.addEventListener("setting", (event) => this.#heed(event.detail));
    openPhotos.addEventListener("retry", () => this.renew());
    shoot.addEventListener("change", () => this.#describe());
    $("sheet-retry").addEventListener("click", () => {
      this.#list.querySelector("button[tabindex='0']").focus(); // this button goes
      openPhotos.retry();
    });
    roving(this.#list, (button) => openPhotos.remove(button.photo));
    segments([...document.querySelectorAll("[data-show]:not(ul)")], "show", (show) => {
      this.#list.dataset.show = show;
      this.#renew(this.#seen);
    });
  }

  // Repaints everything visible in the next frame, and retries failed photos.
  renew() {
    for (const [photo, lut] of this.#alone) if (lut instanceof Error) this.#alone.delete(photo);
    this.#describe();
  }

  #renew(photos) {
    for (const photo of photos) if (this.#seen.has(photo)) this.#stale.add(photo);
    this.#isQuiet = false;
    this.#tellBusy(true);
    this.#later();
  }

  #tellBusy(isBusy) {
    $("shoot-view").setAttribute("aria-busy", String(isBusy));
  }

  #arrange() {
    for (const [photo, card] of this.#cards) {
      if (this.#openPhotos.photos.includes(photo)) continue;
      this.#watch.unobserve(card);
      card.querySelectorAll("canvas").forEach(release);
      card.remove();
      for (const known of [this.#cards, this.#seen, this.#stale, this.#alone]) known.delete(photo);
    }
    order(this.#list, this.#openPhotos.photos.map((photo) => this.#cards.get(photo) ?? this.#card(photo)), 1);
    this.#proportion();
    const first = this.#list.querySelector("button");
    if (first && !this.#list.querySelector("[tabindex='0']")) first.tabIndex = 0;
  }

  #card(photo) {
    const canvases = ROWS.map(([row]) => make("canvas", { className: row, width: 0, height: 0 }));
    const button = make("button", { type: "button", tabIndex: -1, "aria-label": photo.name }, ...canvases);
    button.photo = photo;
    button.addEventListener("click", () => this.open(photo));
    const caption = make("p", { className: "caption" }, make("span", { textContent: photo.name, title: photo.name }), make("em"));
    const card = make("li", {}, button, caption);
    card.photo = photo;
    this.#cards.set(photo, card);
    this.#watch.observe(card);
    return card;
  }

  #fill(photo) {
    const card = this.#cards.get(photo);
    if (!card) return;
    if (photo.isRead) card.style.setProperty("--ratio", photo.width / photo.height);
    this.#proportion();
    this.#caption(photo, card);
    this.#renew([photo]);
  }

  // Tells the style sheet how wide all takes are, of which one high, so that they fit beside each other.
  #proportion() {
    const { photos } = this.#openPhotos;
    const ratios = photos.reduce((sum, photo) => sum + (photo.isRead ? photo.width / photo.height : 1), 0);
    this.#list.style.setProperty("--ratios", Math.max(1, ratios));
    this.#list.style.setProperty("--count", photos.length);
  }

  #describe() {
    for (const [photo, card] of this.#cards) this.#caption(photo, card);
    this.#renew(this.#seen);
  }

  // The caption below a photo.
  #caption(photo, card) {
    const error = photo.error ?? (this.#alone.get(photo) instanceof Error ? this.#alone.get(photo) : null);
    const reason = this.#shoot.takes.get(photo)?.leftAlone;
    const sentence = error ? (error.sentence ?? error.message) : reason ? `not matched: ${reason}` : "";
    card.querySelector("em").textContent = sentence;
  }

  #heed(setting) {
    if (setting === "model") this.#alone.clear();
    this.#renew(this.#seen);
  }

  // Off-screen pixels are freed: three canvases for each of hundreds of photos are too many.
  #notice(changes) {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) {
        this.#seen.add(target.photo);
        this.#renew([target.photo]);
      } else {
        this.#seen.delete(target.photo);
        this.#stale.delete(target.photo);
        target.querySelectorAll("canvas").forEach(release);
      }
    }
    this.#later();
  }

  #paint() {
    if ($("shoot-view").hidden) return;
    for (const photo of this.#stale) if (photo.isRead) this.#paintCard(photo);
    this.#stale.clear();
    const hasFailed = (photo) => photo.error?.isPassing || this.#alone.get(photo) instanceof Error;
    $("sheet-retry").hidden = !this.#openPhotos.photos.some(hasFailed);
    if (![...this.#seen].every((photo) => photo.error || this.#alone.get(photo))) return;
    if (this.#isQuiet) return this.#tellBusy(false);
    this.#isQuiet = true; // cards that have come into sight are known only after this frame
    this.#later();
  }

  #paintCard(photo) {
    const { consistency } = this.#openPhotos.settings;
    const { dials } = this.#openPhotos;
    const take = this.#shoot.takes.get(photo);
    if (!this.#alone.has(photo)) this.#ask(photo);
    const alone = this.#alone.get(photo);
    const consistent = take && lookBetween(take.own, take.agreed, consistency);
    const looks = { alone: alone instanceof Error ? null : alone, consistent };
    for (const canvas of this.#cards.get(photo).querySelectorAll("canvas")) {
      const row = canvas.className;
      if (!canvas.checkVisibility()) continue;
      if (row === "untouched" || looks[row]) painter.paint(canvas, photo.thumb, { look: looks[row], dials });
      else release(canvas);
    }
    painter.forget(photo.thumb);
  }

  #ask(photo) {
    const { model } = this.#openPhotos.settings;
    this.#alone.set(photo, null);
    ownLook(photo, model, SHEET_SIZE).catch((error) => error).then((answer) => {
      if (model !== this.#openPhotos.settings.model || !this.#cards.has(photo)) return;
      this.#alone.set(photo, answer);
      this.#caption(photo, this.#cards.get(photo));
      this.#renew([photo]);
    });
  }
}
