// Takes change their group: dragged on the sheet, or moved with the menu or a key where they are ticked or have the focus.

import { $, announce, fillSelect, make } from "./dom.js";
import { plural, say } from "./texts.js";

const NEW = "new"; // the choice of a group that is not there yet

export class Regroup {
  #list;
  #openPhotos;
  #groups;
  drop = make("li", { className: "new", textContent: say("New group") }); // the last item of the sheet, seen while one drags
  #dragged = null; // photos

  // `list` is the sheet; its items know their photo.
  constructor(list, openPhotos, groups) {
    this.#list = list;
    this.#openPhotos = openPhotos;
    this.#groups = groups;
    list.addEventListener("dragstart", (event) => this.#lift(event));
    list.addEventListener("dragover", (event) => this.#over(event));
    list.addEventListener("drop", (event) => this.#put(event));
    list.addEventListener("dragend", () => this.#end());
    for (const type of ["photos", "tick"]) openPhotos.addEventListener(type, () => this.#offer());
    groups.addEventListener("change", () => this.#offer());
    $("move").addEventListener("click", () => this.move($("move-to").value === NEW ? groups.list.length : Number($("move-to").value)));
  }

  // Moves the ticked takes, or else the one that has the focus, to the group at an index; at the end is a new one.
  move(index) {
    const focused = document.activeElement?.closest("#sheet > li")?.photo;
    const ticked = this.#openPhotos.photos.filter((photo) => photo.isTicked);
    const photos = ticked.length ? ticked : focused ? [focused] : [];
    if (!photos.length || index > this.#groups.list.length) return;
    this.#move(photos, index);
  }

  #move(photos, index) {
    this.#groups.move(photos, index);
    const group = this.#groups.of(photos[0]) + 1; // others may have become empty
    announce(plural(photos.length, "{count} take moved to group {group}", "{count} takes moved to group {group}", { group }));
  }

  #lift(event) {
    const photo = event.target.closest("#sheet > li")?.photo;
    if (!photo) return;
    this.#dragged = photo.isTicked ? this.#openPhotos.photos.filter((other) => other.isTicked) : [photo];
    event.dataTransfer.setData("text/plain", this.#dragged.map(({ name }) => name).join("\n"));
    event.dataTransfer.effectAllowed = "move";
    setTimeout(() => this.#list.classList.add("dragging")); // once the browser has its picture of what is dragged
  }

  #over(event) {
    const index = this.#dragged && this.#indexAt(event.target);
    for (const item of this.#list.children) item.classList.toggle("target", index !== null && this.#indexAt(item) === index);
    if (index === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  }

  #put(event) {
    const index = this.#dragged && this.#indexAt(event.target);
    if (index === null) return;
    event.preventDefault();
    this.#move(this.#dragged, index);
    this.#end();
  }

  #end() {
    this.#dragged = null;
    this.#list.classList.remove("dragging");
    for (const item of this.#list.children) item.classList.remove("target");
  }

  // The group that an element of the sheet belongs to; null where it is none's.
  #indexAt(element) {
    const item = element.closest("#sheet > li");
    if (item === this.drop) return this.#groups.list.length;
    return item?.photo ? this.#groups.of(item.photo) : null;
  }

  #offer() {
    const ticked = this.#openPhotos.photos.filter((photo) => photo.isTicked).length;
    $("moving").hidden = !ticked;
    $("move-label").textContent = plural(ticked, "Move {count} ticked take to", "Move {count} ticked takes to");
    const groups = this.#groups.list.map((_, index) => [String(index), say("group {group}", { group: index + 1 })]);
    fillSelect($("move-to"), [...groups, [NEW, say("a new group")]]);
  }
}
