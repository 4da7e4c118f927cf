// Removes photos from the page, with undo. Their files are not touched.

import { $, announce, counted } from "./dom.js";

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
    announce(`${counted(length, "photo")} put back`);
    if (hadFocus) document.querySelector("#filmstrip [aria-current]")?.focus(); // the button may have gone
  }

  #ask() {
    const { length } = this.#openPhotos.photos;
    $("clear-title").textContent = length === 1 ? "Remove the photo from this page?" : `Remove all ${length} photos from this page?`;
    $("clear-dialog").returnValue = ""; // Escape leaves the last one there
    $("clear-dialog").showModal();
  }

  #offer() {
    const removed = this.#openPhotos.lastRemoved;
    $("removed").hidden = !removed.length;
    if (!removed.length) return;
    $("removed-name").textContent = removed.length === 1 ? `${removed[0].file.name} removed` : `${removed.length} photos removed`;
  }
}
