// Saves LUTs, profiles and photos to the browser's downloads, with a list of those in progress.

import { $, announce, counted, make } from "./dom.js";
import { file, HelperError, job, label } from "./helper.js";
import { hasMask } from "./looks.js";
import { MOST_BYTES, Zip } from "./zip.js";

const MUCH_LOST = 1; // mean ΔE2000 between a photo through its LUT and its render, that is worth a notice

const ZIP_NAME = "lutbridge.zip";
const RELEASE_AFTER = 60_000; // ms until a download's bytes are freed; the browser has them by then

export class Save {
  #openPhotos;
  #shoot;

  constructor(openPhotos, shoot) {
    this.#openPhotos = openPhotos;
    this.#shoot = shoot;
    const lut = (...args) => this.#lut(...args);
    const photo = (...args) => this.#photo(...args);
    $("save-lut").addEventListener("click", () => this.#each([openPhotos.selected], lut));
    $("save-luts").addEventListener("click", () => this.#each(openPhotos.readable, lut));
    $("save-photo").addEventListener("click", () => this.#each([openPhotos.selected], photo));
    $("save-photos").addEventListener("click", () => this.#each(openPhotos.readable, photo));
    $("save-shared").addEventListener("click", () => this.#shared());
    $("zip-luts").addEventListener("click", () => this.#zip("LUT", lut));
    $("zip-photos").addEventListener("click", () => this.#zip("photo", photo));
    for (const type of ["photos", "photo", "selection", "tick"]) openPhotos.addEventListener(type, () => this.#offer());
  }

  // Only photos that could be read can be saved.
  #offer() {
    for (const id of ["save-lut", "save-photo"]) $(id).disabled = !this.#openPhotos.selected?.isRead;
    const { length } = this.#openPhotos.readable;
    for (const id of ["save-luts", "save-photos"]) $(id).disabled = !length;
    const { photos, ticked } = this.#openPhotos;
    $("tick-all").textContent = photos.every((photo) => photo.isTicked) ? "Untick all" : "Tick all";
    for (const [id, noun] of [["zip-luts", "LUT"], ["zip-photos", "photo"]]) {
      $(id).hidden = !ticked.length;
      $(id).textContent = `Save ${counted(ticked.length, `ticked ${noun}`)} as .zip`;
    }
    $("save-luts").textContent = `Save ${counted(length, "LUT")}`;
    $("save-photos").textContent = `Save ${counted(length, "photo")}`;
  }

  // One after another, as one entry in the list.
  #each(photos, makeOne) {
    const title = photos.length === 1 ? photos[0].name : `${photos.length} photos`;
    return this.#work(title, (...work) => this.#all(photos, makeOne, download, ...work));
  }

  // The ticked ones in one archive, or several if one would be too large for other programs.
  #zip(noun, makeOne) {
    const photos = this.#openPhotos.ticked;
    return this.#work(counted(photos.length, `ticked ${noun}`), async (...work) => {
      let zip = new Zip();
      const finish = () => download({ blob: zip.finish(), name: ZIP_NAME });
      const pack = async ({ name, blob }) => {
        if (zip.count && zip.size + blob.size > MOST_BYTES) {
          finish();
          zip = new Zip();
        }
        await zip.add(name, blob);
      };
      const remark = await this.#all(photos, makeOne, pack, ...work);
      finish();
      return remark;
    });
  }

  // Makes a file of each photo and hands it to `keep`. One that fails is named in what this resolves with, and the
  // others go on, unless the helper is gone; it fails itself where there is no file at all.
  async #all(photos, makeOne, keep, progress, signal) {
    const noticed = new Map(); // notice → the photos that it is about
    const missing = [];
    let kept = 0;
    for (const [number, photo] of photos.entries()) {
      const share = (part) => progress(part === null ? null : (number + part) / photos.length);
      share(0);
      try {
        const made = await makeOne(photo, share, signal);
        await keep(made);
        kept++;
        for (const notice of made.facts.notices ?? []) noticed.set(notice, [...(noticed.get(notice) ?? []), photo]);
      } catch (error) {
        signal.throwIfAborted();
        const others = error.isPassing ? photos.length - number - 1 : 0;
        const isEnd = others || number === photos.length - 1;
        if (isEnd && !kept) throw error;
        missing.push(`${photo.name}${others ? ` and ${counted(others, "photo")} after it` : ""} not saved: ${error.sentence ?? error.message}`);
        if (others) break;
      }
    }
    return [...missing, remarks(noticed, photos)].filter(Boolean).join(" ");
  }

  #lut(photo, share, signal) {
    const query = { format: $("lut-format").value, ...this.#openPhotos.dials, name: label(photo.name) };
    const fetchLut = async (look) => {
      const made = await file("/v1/lut", { query: { ...query, ...look }, body: photo.file, signal });
      return { ...made, facts: withLoss(made.facts) };
    };
    return this.#inLook(photo, fetchLut, signal);
  }

  #photo(photo, progress, signal) {
    const query = { format: $("image-format").value, ...this.#openPhotos.dials, name: label(photo.name) };
    const render = (look) => job("/v1/render", { query: { ...query, ...look }, body: photo.file, signal, progress });
    return this.#inLook(photo, render, signal);
  }

  // In the look that is seen.
  #inLook(photo, work, signal) {
    const { settings } = this.#openPhotos;
    const isOwn = settings.look === "own" && $("shoot-view").hidden;
    return this.#shoot.inLook(photo, isOwn, settings, work, signal);
  }

  #shared() {
    const { consistency } = this.#openPhotos.settings;
    const query = { format: $("lut-format").value, ...this.#openPhotos.dials, name: "shoot" };
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
      if (remark) note(entry, `${title} saved: ${remark}`);
      else leave(entry);
    } catch (error) {
      if (end.signal.aborted) return leave(entry);
      note(entry, `${title} not saved: ${error instanceof HelperError ? error.sentence : error.message}`);
    }
  }
}

function note(entry, text) {
  const close = make("button", { type: "button", textContent: "Close", "aria-label": `Close ${text}` });
  close.addEventListener("click", () => leave(entry));
  const hadFocus = entry.contains(document.activeElement);
  entry.replaceChildren(make("span", { textContent: text, role: "alert" }), close);
  if (hadFocus) close.focus();
}

// Takes an entry out of the list, and hands the focus to its neighbour, or else to the list.
function leave(entry) {
  const next = (entry.nextElementSibling ?? entry.previousElementSibling)?.querySelector("button");
  if (entry.contains(document.activeElement)) (next ?? entry.parentElement).focus();
  entry.remove();
}

// The helper's facts about a LUT, with a notice if the LUT falls short of the rendered photo.
function withLoss(facts) {
  if (!(facts.delta_e > MUCH_LOST)) return facts;
  const cannot = hasMask(facts.model) ? "cannot treat person and background apart here" : "says less than the render here";
  const notice = `one LUT ${cannot} (ΔE2000 ${facts.delta_e.toFixed(1)}); the saved photo does`;
  return { ...facts, notices: [...(facts.notices ?? []), notice] };
}

// The notices, each with its photos unless it concerns all of them.
function remarks(noticed, photos) {
  const sentences = [...noticed].map(([notice, about]) => {
    if (about.length === photos.length) return notice;
    const others = about.length - 1;
    return `${notice} (${about[0].name}${others ? ` and ${counted(others, "other")}` : ""})`;
  });
  return sentences.join("; ");
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
