// The row of small photos under the large one.

import { $, make, roving } from "./dom.js";

export class Filmstrip {
  #list = $("filmstrip");
  #openPhotos;
  #items = new Map(); // photo → its list item

  constructor(openPhotos) {
    this.#openPhotos = openPhotos;
    openPhotos.addEventListener("photos", () => this.#arrange());
    openPhotos.addEventListener("photo", (event) => this.#fill(event.detail));
    openPhotos.addEventListener("selection", () => this.#mark());
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
    for (const photo of photos) if (!this.#items.has(photo)) this.#list.append(this.#item(photo));
    this.#mark();
  }

  #item(photo) {
    const button = make("button", { type: "button", title: photo.name, tabIndex: -1, "aria-label": photo.name });
    button.photo = photo;
    button.addEventListener("click", () => this.#openPhotos.select(photo));
    const item = make("li", {}, button);
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
      const button = item.firstChild;
      button.tabIndex = photo === selected ? 0 : -1;
      if (photo === selected) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    this.#items.get(selected)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}
