// The row of small photos under the large one.

import { $, make, order, roving } from "./dom.js";

export class Filmstrip {
  #list = $("filmstrip");
  #openPhotos;
  #items = new Map(); // photo → its list item

  constructor(openPhotos) {
    this.#openPhotos = openPhotos;
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
      item.remove();
      this.#items.delete(photo);
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
    const item = make("li", {}, button, tick);
    this.#items.set(photo, item);
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
    }
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
