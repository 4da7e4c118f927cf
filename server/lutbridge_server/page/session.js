// How the page was left, for after a reload: what is set, ticked, grouped and looked at. It goes with the tab; the photos
// themselves are kept by keep.js.

import { $ } from "./dom.js";
import { panes } from "./panes.js";

const NAME = "session";
const SLIDERS = ["person", "background", "consistency"];
const MENUS = ["model", "against", "look", "lut-format", "image-format"]; // one may depend on those before it
const CHOICES = ["view", "show"]; // data attributes of buttons of which one is pressed

const chosen = (name) => document.querySelector(`button[data-${name}][aria-pressed=true]`).dataset[name];

export class Session {
  #openPhotos;
  #groups;
  #left = JSON.parse(sessionStorage.getItem(NAME) ?? "null");

  constructor(openPhotos, groups) {
    this.#openPhotos = openPhotos;
    this.#groups = groups;
  }

  // Sets all as it was, before the photos come; a choice that is no longer offered is left as it is.
  begin() {
    if (!this.#left) return;
    const { values, isLinked, isBeside, groups } = this.#left;
    if (!isLinked) $("link").click();
    for (const id of SLIDERS) this.#set(id, values[id], "input");
    for (const id of MENUS) this.#choose(id, values[id]);
    panes.isBeside = isBeside;
    this.#groups.expect(groups);
  }

  // The same for the photos, once they are there; keeps note of everything from now on.
  resume() {
    for (const event of ["pagehide", "visibilitychange"]) addEventListener(event, () => this.#note());
    if (!this.#left || !this.#openPhotos.photos.length) return;
    const { ticked, selected, choices, reference } = this.#left;
    const { photos } = this.#openPhotos;
    this.#openPhotos.tick(photos.filter(({ key }) => ticked.includes(key)), true);
    this.#openPhotos.select(photos.find(({ key }) => key === selected) ?? photos[0]);
    this.#choose("reference", reference);
    for (const name of CHOICES) document.querySelector(`button[data-${name}="${choices[name]}"]`).click();
  }

  #choose(id, value) {
    if ([...$(id).options].some((option) => option.value === value)) this.#set(id, value, "change");
  }

  #set(id, value, event) {
    $(id).value = value;
    $(id).dispatchEvent(new Event(event));
  }

  #note() {
    const { photos, selected } = this.#openPhotos;
    const note = {
      values: Object.fromEntries([...SLIDERS, ...MENUS].map((id) => [id, $(id).value])),
      isLinked: $("link").getAttribute("aria-pressed") === "true",
      isBeside: panes.isBeside,
      choices: Object.fromEntries(CHOICES.map((name) => [name, chosen(name)])),
      ticked: photos.filter((photo) => photo.isTicked).map((photo) => photo.key),
      selected: selected?.key,
      reference: $("reference").value,
      groups: this.#groups.keys,
    };
    sessionStorage.setItem(NAME, JSON.stringify(note));
  }
}
