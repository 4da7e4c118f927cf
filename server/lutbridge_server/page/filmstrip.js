// The row of small photos under the large one, retouched like it, with their names and ticks.

import { $, make, order, perFrame, roving } from "./dom.js";
import { lookBetween, ownLook, SHEET_SIZE } from "./looks.js";
import { painter } from "./painter.js";
import { release } from "./pictures.js";

export class Filmstrip {
  #list = $("filmstrip");
  #openPhotos;
  #shoot;
  #items = new Map(); // photo → its list item
  #seen = new Set(); // photos that are on the screen, or nearly
  #looks = new Map(); // photo → its own look; null while requested, or if there is none
  #results = new Map(); // photo → the canvas that shows it retouched
  #later = perFrame(() => this.#paint());
  #watch = new IntersectionObserver((changes) => this.#notice(changes), { rootMargin: "100px" });

  constructor(openPhotos, shoot) {
    this.#openPhotos = openPhotos;
    this.#shoot = shoot;
    openPhotos.addEventListener("setting", ({ detail }) => {
      if (detail === "model") this.#looks.clear();
      this.#later();
    });
    shoot.addEventListener("change", this.#later);
    openPhotos.addEventListener("photos", () => this.#arrange());
    openPhotos.addEventListener("photo", (event) => this.#fill(event.detail));
    openPhotos.addEventListener("selection", () => this.#mark());
    openPhotos.addEventListener("tick", () => this.#mark());
    roving(this.#list, (button) => openPhotos.remove(button.photo));
    // The arrow keys look at photos, not only at their buttons.
    this.#list.addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && openPhotos.select(target.photo));
  }

  #arrange() {
    const { photos } = this.#openPhotos;
    for (const [photo, item] of this.#items) {
      if (photos.includes(photo)) continue;
      this.#watch.unobserve(item);
      item.remove();
      release(this.#results.get(photo));
      for (const known of [this.#items, this.#seen, this.#looks, this.#results]) known.delete(photo);
    }
    order(this.#list, photos.map((photo) => this.#items.get(photo) ?? this.#item(photo)));
    this.#mark();
  }

  #item(photo) {
    const button = make("button", { type: "button", title: photo.name, tabIndex: -1, "aria-label": photo.name });
    button.photo = photo;
    button.addEventListener("click", () => this.#openPhotos.select(photo));
    const tick = make("input", { type: "checkbox", tabIndex: -1, "aria-label": `Tick ${photo.name}` });
    tick.addEventListener("change", () => this.#openPhotos.tick([photo], tick.checked));
    const name = make("span", { className: "file", textContent: photo.name, "aria-hidden": "true" });
    const item = make("li", {}, button, tick, name);
    item.photo = photo;
    this.#items.set(photo, item);
    this.#watch.observe(item);
    return item;
  }

  #fill(photo) {
    const button = this.#items.get(photo)?.firstChild;
    if (!button) return;
    if (photo.error) {
      button.replaceChildren(make("span", { className: "mark", textContent: "!" }));
      button.title = photo.error.sentence;
      button.setAttribute("aria-label", `${photo.name}: ${photo.error.sentence}`);
    } else {
      button.replaceChildren(photo.thumb);
      button.title = photo.name;
      button.setAttribute("aria-label", photo.name);
      this.#later();
    }
  }

  // Results that are off the screen are freed, as those of hundreds of photos are too many.
  #notice(changes) {
    for (const { target, isIntersecting } of changes) {
      const { photo } = target;
      if (isIntersecting) this.#seen.add(photo);
      else this.#seen.delete(photo);
      if (isIntersecting || !this.#results.has(photo)) continue;
      target.firstChild.replaceChildren(photo.thumb);
      release(this.#results.get(photo));
      this.#results.delete(photo);
    }
    this.#later();
  }

  #paint() {
    const { dials } = this.#openPhotos;
    for (const photo of this.#seen) {
      if (!photo.isRead) continue;
      const look = this.#lookOf(photo);
      if (!look) continue;
      const canvas = this.#results.get(photo) ?? make("canvas", { width: 0, height: 0 });
      this.#results.set(photo, canvas);
      painter.paint(canvas, photo.thumb, { look, dials });
      painter.forget(photo.thumb);
      const button = this.#items.get(photo).firstChild;
      if (button.firstChild !== canvas) button.replaceChildren(canvas);
    }
  }

  // The look that the large photo has too; undefined or null until it is known.
  #lookOf(photo) {
    const { model, look, consistency } = this.#openPhotos.settings;
    const take = look === "shoot" && this.#shoot.takes.get(photo);
    if (take) return lookBetween(take.own, take.agreed, consistency);
    if (model && !this.#looks.has(photo)) this.#ask(photo, model);
    return this.#looks.get(photo);
  }

  #ask(photo, model) {
    this.#looks.set(photo, null);
    ownLook(photo, model, SHEET_SIZE).catch(() => null).then((look) => { // the large photo says what failed
      if (model !== this.#openPhotos.settings.model || !this.#items.has(photo)) return;
      this.#looks.set(photo, look);
      this.#later();
    });
  }

  #mark() {
    const { selected } = this.#openPhotos;
    for (const [photo, item] of this.#items) {
      const [button, tick] = item.children;
      button.tabIndex = tick.tabIndex = photo === selected ? 0 : -1;
      tick.checked = photo.isTicked;
      if (photo === selected) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    this.#items.get(selected)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}
