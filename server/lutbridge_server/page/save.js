// LUTs, profiles and photos to the browser's downloads, and the list of what is being made.

import { $, announce, make } from "./dom.js";
import { file, HelperError, job, label } from "./helper.js";

const RELEASE_AFTER = 60_000; // ms until a download's bytes are freed; the browser has them by then

export class Save {
  #desk;
  #shoot;

  constructor(desk, shoot) {
    this.#desk = desk;
    this.#shoot = shoot;
    const whole = () => desk.photos.filter((photo) => photo.isRead);
    $("save-lut").addEventListener("click", () => this.#each([desk.selected], (...args) => this.#lut(...args)));
    $("save-luts").addEventListener("click", () => this.#each(whole(), (...args) => this.#lut(...args)));
    $("save-photo").addEventListener("click", () => this.#each([desk.selected], (...args) => this.#photo(...args)));
    $("save-photos").addEventListener("click", () => this.#each(whole(), (...args) => this.#photo(...args)));
    $("save-shared").addEventListener("click", () => this.#shared());
  }

  // One after another, as one entry in the list.
  #each(photos, makeOne) {
    const readable = photos.filter((photo) => photo?.isRead);
    if (!readable.length) return;
    const title = readable.length === 1 ? readable[0].name : `${readable.length} photos`;
    return this.#work(title, async (progress, signal) => {
      for (const [number, photo] of readable.entries()) {
        const share = (part) => progress(part === null ? null : (number + part) / readable.length);
        share(0);
        download(await makeOne(photo, share, signal));
      }
    });
  }

  #lut(photo, share, signal) {
    const query = { format: $("lut-format").value, strength: this.#desk.settings.strength, name: label(photo.name) };
    const fetchLut = (look) => file("/v1/lut", { query: { ...query, ...look }, body: photo.file, signal });
    return this.#inLook(photo, fetchLut, signal);
  }

  #photo(photo, progress, signal) {
    const query = { format: $("image-format").value, strength: this.#desk.settings.strength, name: label(photo.name) };
    const render = (look) => job("/v1/render", { query: { ...query, ...look }, body: photo.file, signal, progress });
    return this.#inLook(photo, render, signal);
  }

  // In the look that is seen.
  #inLook(photo, work, signal) {
    const { settings } = this.#desk;
    const isOwn = settings.look === "own" && $("shoot-view").hidden;
    return this.#shoot.inLook(photo, isOwn, settings, work, signal);
  }

  #shared() {
    const { strength, consistency } = this.#desk.settings;
    const query = { format: $("lut-format").value, strength, name: "shoot" };
    return this.#work("One LUT for the shoot", async (progress, signal) => {
      const ask = ({ id }) => job(`/v1/groups/${id}/lut`, { query, signal, progress });
      const made = await this.#shoot.at(consistency, ask, signal);
      download(made);
      return residuals(made.facts.residuals);
    });
  }

  // Shows work(progress, signal) in the list until it is over; what it returns is said, its failure stays.
  async #work(title, work) {
    const end = new AbortController();
    const bar = make("progress", { max: 1, "aria-label": title });
    const stop = make("button", { type: "button", textContent: "Cancel", "aria-label": `Cancel ${title}` });
    const entry = make("li", {}, make("span", { textContent: title }), bar, stop);
    stop.addEventListener("click", () => end.abort());
    $("work").append(entry);
    const progress = (share) => (share === null ? bar.removeAttribute("value") : (bar.value = share));
    try {
      const remark = await work(progress, end.signal);
      announce(`${title}: saved`);
      if (remark) note(entry, `${title}: ${remark}`);
      else entry.remove();
    } catch (error) {
      if (end.signal.aborted) return entry.remove();
      note(entry, `${title}: ${error instanceof HelperError ? error.sentence : error.message}`);
    }
  }
}

function note(entry, text) {
  const close = make("button", { type: "button", textContent: "Close", "aria-label": `Close ${text}` });
  close.addEventListener("click", () => entry.remove());
  entry.replaceChildren(make("span", { textContent: text, role: "alert" }), close);
}

// What one LUT for all costs, in a sentence; residuals are mean ΔE2000 by take.
function residuals(byTake) {
  const all = Object.values(byTake ?? {});
  if (!all.length) return "";
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return `ΔE ${mean.toFixed(1)} from each take’s own look on average, ${Math.max(...all).toFixed(1)} at most`;
}

function download({ blob, name }) {
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), RELEASE_AFTER);
}
