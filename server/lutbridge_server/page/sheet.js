// The takes side by side: untouched, each alone, consistent.

import { between } from "./cube.js";
import { $, make, perFrame, roving, segments } from "./dom.js";
import { ownLut, SHEET_SIZE } from "./looks.js";
import { painter } from "./painter.js";
import { release } from "./pictures.js";

const ROWS = [["untouched", "Untouched"], ["alone", "Each alone"], ["consistent", "Consistent"]];

export class Sheet {
  #list = $("sheet");
  #desk;
  #shoot;
  #cards = new Map(); // photo → its list item
  #seen = new Set(); // photos whose card is on the screen, or nearly
  #stale = new Set(); // those of them that are to be painted again
  #alone = new Map(); // photo → the LUT found for it alone; null while it is asked for
  #later;
  #watch = new IntersectionObserver((changes) => this.#notice(changes), { rootMargin: "300px" });

  // `open` is called with the photo that is to be seen large.
  constructor(desk, shoot, open) {
    this.#desk = desk;
    this.#shoot = shoot;
    this.open = open;
    this.#later = perFrame(() => this.#paint());
    const labels = ROWS.map(([row, textContent]) => make("span", { className: row, textContent }));
    this.#list.append(make("li", { className: "labels", "aria-hidden": "true" }, ...labels));
    desk.addEventListener("photos", () => this.#arrange());
    desk.addEventListener("photo", (event) => this.#fill(event.detail));
    desk.addEventListener("setting", (event) => this.#heed(event.detail));
    shoot.addEventListener("change", () => this.#describe());
    roving(this.#list, (button) => desk.remove(button.photo));
    segments([...document.querySelectorAll("[data-show]:not(ul)")], "show", (show) => {
      this.#list.dataset.show = show;
      this.renew();
    });
  }

  // Has these photos painted again in the next frame, or all that are in sight.
  renew(photos = this.#seen) {
    for (const photo of photos) if (this.#seen.has(photo)) this.#stale.add(photo);
    this.#later();
  }

  #arrange() {
    for (const [photo, card] of this.#cards) {
      if (this.#desk.photos.includes(photo)) continue;
      this.#watch.unobserve(card);
      card.querySelectorAll("canvas").forEach(release);
      card.remove();
      for (const known of [this.#cards, this.#seen, this.#stale, this.#alone]) known.delete(photo);
    }
    for (const photo of this.#desk.photos) if (!this.#cards.has(photo)) this.#list.append(this.#card(photo));
    const first = this.#list.querySelector("button");
    if (first && !this.#list.querySelector("[tabindex='0']")) first.tabIndex = 0;
  }

  #card(photo) {
    const canvases = ROWS.map(([row]) => make("canvas", { className: row, width: 0, height: 0 }));
    const button = make("button", { type: "button", tabIndex: -1, "aria-label": photo.name }, ...canvases);
    button.photo = photo;
    button.addEventListener("click", () => this.open(photo));
    const caption = make("p", { className: "caption" }, make("span", { textContent: photo.name }), make("em"));
    const card = make("li", {}, button, caption);
    card.photo = photo;
    this.#cards.set(photo, card);
    this.#watch.observe(card);
    return card;
  }

  #fill(photo) {
    const card = this.#cards.get(photo);
    if (!card) return;
    if (photo.error) card.querySelector("em").textContent = photo.error.sentence;
    else card.style.setProperty("--ratio", photo.width / photo.height);
    this.renew([photo]);
  }

  #describe() {
    for (const [photo, card] of this.#cards) {
      const reason = this.#shoot.takes.get(photo)?.leftAlone;
      if (!photo.error) card.querySelector("em").textContent = reason ? `left alone: ${reason}` : "";
    }
    this.renew();
  }

  #heed(setting) {
    if (setting === "model") this.#alone.clear();
    this.renew();
  }

  // Pixels of what is off the screen are freed: three canvases for each of hundreds of photos are too many.
  #notice(changes) {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) {
        this.#seen.add(target.photo);
        this.renew([target.photo]);
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
    const isReady = [...this.#seen].every((photo) => photo.error || this.#alone.get(photo));
    $("shoot-view").setAttribute("aria-busy", String(!isReady));
  }

  #paintCard(photo) {
    const { strength, consistency } = this.#desk.settings;
    const take = this.#shoot.takes.get(photo);
    if (!this.#alone.has(photo)) this.#ask(photo);
    const luts = { alone: this.#alone.get(photo), consistent: take && between(take.own, take.agreed, consistency) };
    for (const canvas of this.#cards.get(photo).querySelectorAll("canvas")) {
      const row = canvas.className;
      if (!canvas.checkVisibility()) continue;
      if (row === "untouched" || luts[row]) painter.paint(canvas, photo.thumb, { lut: luts[row], strength });
      else release(canvas);
    }
    painter.forget(photo.thumb);
  }

  #ask(photo) {
    const { model } = this.#desk.settings;
    this.#alone.set(photo, null);
    ownLut(photo, model, SHEET_SIZE).then((lut) => {
      if (model !== this.#desk.settings.model || !this.#cards.has(photo)) return;
      this.#alone.set(photo, lut);
      this.renew([photo]);
    }, (error) => {
      if (!photo.end.signal.aborted) this.#cards.get(photo).querySelector("em").textContent = error.sentence ?? "";
    });
  }
}
