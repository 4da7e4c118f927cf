// How much of the retouch: one slider, or one for the person and one for the background, which go together while they
// are linked.

import { $, press, slider } from "./dom.js";

const PARTS = ["person", "background"];

export class Dials {
  #openPhotos;
  #isLinked = true;
  #show; // id → what sets that slider

  constructor(openPhotos) {
    this.#openPhotos = openPhotos;
    const both = (share) => this.#set(share, PARTS);
    this.#show = { strength: slider("strength", both) };
    for (const part of PARTS) {
      this.#show[part] = slider(part, (share) => (this.#isLinked ? both(share) : this.#set(share, [part])));
    }
    $("link").addEventListener("click", () => this.#link(!this.#isLinked));
  }

  // Adapts to the model; one that does not separate people has a single strength.
  offer(hasParts) {
    $("strength-field").hidden = hasParts;
    $("parts-field").hidden = !hasParts;
    if (!hasParts) this.#link(true);
  }

  // When both are linked again, the background follows the person.
  #link(isLinked) {
    this.#isLinked = isLinked;
    press($("link"), isLinked);
    $("link").title = isLinked ? "Linked: both move together" : "Not linked: each moves alone";
    if (isLinked) this.#set(this.#openPhotos.settings.person, PARTS);
  }

  #set(share, parts) {
    for (const part of parts) {
      this.#show[part](share);
      this.#openPhotos.set(part, share);
    }
    this.#show.strength(this.#openPhotos.settings.person);
  }
}
