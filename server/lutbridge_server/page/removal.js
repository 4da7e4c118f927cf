// Removes photos from the page, with undo. Their files are not touched.

import { $, announce } from "./dom.js";
import { plural, say } from "./texts.js";

export class Removal {
  #openPhotos;

  constructor(openPhotos) {
    this.#openPhotos = openPhotos;
    $("remove").addEventListener("click", () => this.removeSelected());
    $("clear").addEventListener("click", () => this.#ask());
    $("clear-dialog").addEventListener("close", () => $("clear-dialog").returnValue === "remove" && openPhotos.clear());
    $("undo").addEventListener("click", () => this.undo());
    openPhotos.addEventListener("photos", () => this.#offer());
    addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.undo();
    });
  }

  removeSelected() {
    const { selected } = this.#openPhotos;
    if (selected) this.#openPhotos.remove(selected);
  }

  undo() {
    const { length } = this.#openPhotos.lastRemoved;
    if (!length) return;
    const hadFocus = document.activeElement === $("undo");
    this.#openPhotos.undo();
    announce(plural(length, "{count} photo put back", "{count} photos put back"));
    if (hadFocus) document.querySelector("#filmstrip [aria-current]")?.focus(); // the button may have gone
  }

  #ask() {
    const { length } = this.#openPhotos.photos;
    $("clear-title").textContent = plural(length, "Remove the photo from this page?", "Remove all {count} photos from this page?");
    $("clear-dialog").returnValue = ""; // Escape leaves the last one there
    $("clear-dialog").showModal();
  }

  #offer() {
    const removed = this.#openPhotos.lastRemoved;
    $("removed").hidden = !removed.length;
    if (!removed.length) return;
    $("removed-name").textContent = plural(removed.length, "{name} removed", "{count} photos removed", { name: removed[0].file.name });
  }
}
