// Saves LUTs, profiles and photos to the browser's downloads, with a list of those in progress.

import { $, announce, make } from "./dom.js";
import { file, HelperError, job, label } from "./helper.js";
import { hasMask } from "./looks.js";
import { decimal, plural, say } from "./texts.js";
import { MOST_BYTES, Zip } from "./zip.js";

const MUCH_LOST = 1; // mean ΔE2000 between a photo through its LUT and its render, that is worth a notice

const ZIP_NAME = "lutbridge.zip";
const RELEASE_AFTER = 60_000; // ms until a download's bytes are freed; the browser has them by then

export class Save {
  #openPhotos;
  #shoot;
  #groups;

  constructor(openPhotos, shoot, groups) {
    this.#openPhotos = openPhotos;
    this.#shoot = shoot;
    this.#groups = groups;
    const lut = (...args) => this.#lut(...args);
    const photo = (...args) => this.#photo(...args);
    $("save-lut").addEventListener("click", () => this.#each([openPhotos.selected], lut));
    $("save-luts").addEventListener("click", () => this.#each(openPhotos.readable, lut));
    $("save-photo").addEventListener("click", () => this.#each([openPhotos.selected], photo));
    $("save-photos").addEventListener("click", () => this.#each(openPhotos.readable, photo));
    $("save-shared").addEventListener("click", () => this.#shared());
    $("zip-luts").addEventListener("click", () => this.#zip(["{count} ticked LUT", "{count} ticked LUTs"], lut));
    $("zip-photos").addEventListener("click", () => this.#zip(["{count} ticked photo", "{count} ticked photos"], photo));
    for (const type of ["photos", "photo", "selection", "tick"]) openPhotos.addEventListener(type, () => this.#offer());
  }

  // Only photos that could be read can be saved.
  #offer() {
    for (const id of ["save-lut", "save-photo"]) $(id).disabled = !this.#openPhotos.selected?.isRead;
    const { length } = this.#openPhotos.readable;
    for (const id of ["save-luts", "save-photos"]) $(id).disabled = !length;
    const { photos, ticked } = this.#openPhotos;
    $("tick-all").textContent = photos.every((photo) => photo.isTicked) ? say("Untick all") : say("Tick all");
    $("zip-luts").hidden = $("zip-photos").hidden = !ticked.length;
    $("zip-luts").textContent = plural(ticked.length, "Save {count} ticked LUT as .zip", "Save {count} ticked LUTs as .zip");
    $("zip-photos").textContent = plural(ticked.length, "Save {count} ticked photo as .zip", "Save {count} ticked photos as .zip");
    $("save-luts").textContent = plural(length, "Save {count} LUT", "Save {count} LUTs");
    $("save-photos").textContent = plural(length, "Save {count} photo", "Save {count} photos");
  }

  // One after another, as one entry in the list.
  #each(photos, makeOne) {
    const title = plural(photos.length, "{name}", "{count} photos", { name: photos[0].name });
    return this.#work(title, (...work) => this.#all(photos, makeOne, download, ...work));
  }

  // Those that are ticked, in one archive; in several where one would be too large for other programs.
  #zip(title, makeOne) {
    const photos = this.#openPhotos.ticked;
    return this.#work(plural(photos.length, ...title), async (...work) => {
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
        const what = others ? plural(others, "{name} and {count} photo after it", "{name} and {count} photos after it", photo) : photo.name;
        missing.push(say("{what} not saved: {why}", { what, why: error.sentence ?? error.message }));
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

  // One LUT for each group.
  #shared() {
    const groups = this.#groups.readable;
    const title = plural(groups.length, "One LUT for the shoot", "LUTs for {count} groups");
    const { consistency } = this.#openPhotos.settings;
    return this.#work(title, async (progress, signal) => {
      const remarks = [];
      for (const [number, photos] of groups.entries()) {
        const name = groups.length > 1 ? `group-${number + 1}` : "shoot";
        const query = { format: $("lut-format").value, ...this.#openPhotos.dials, name };
        const share = (part) => progress(part === null ? null : (number + part) / groups.length);
        const ask = ({ id, takes }) => job(`/v1/groups/${id}/lut`, { query: { ...query, takes }, signal, progress: share });
        const made = await this.#shoot.together(photos, consistency, ask, signal);
        download(made);
        const remark = residuals(made.facts.residuals);
        remarks.push(groups.length > 1 ? say("group {group}: {remark}", { group: number + 1, remark }) : remark);
      }
      return remarks.join("; ");
    });
  }

  // Shows work(progress, signal) in the list until it is over; what it returns is said, its failure stays.
  async #work(title, work) {
    const end = new AbortController();
    const bar = make("progress", { max: 1, "aria-label": title });
    const stop = make("button", { type: "button", textContent: say("Cancel"), "aria-label": say("Cancel {title}", { title }) });
    const entry = make("li", {}, make("span", { textContent: title }), bar, stop);
    stop.addEventListener("click", () => end.abort());
    $("work").append(entry);
    const progress = (share) => (share === null ? bar.removeAttribute("value") : (bar.value = share));
    try {
      const remark = await work(progress, end.signal);
      announce(say("{title}: saved", { title }));
      if (remark) note(entry, say("{title} saved: {remark}", { title, remark }));
      else leave(entry);
    } catch (error) {
      if (end.signal.aborted) return leave(entry);
      const why = error instanceof HelperError ? error.sentence : error.message;
      note(entry, say("{what} not saved: {why}", { what: title, why }));
    }
  }
}

function note(entry, text) {
  const close = make("button", { type: "button", textContent: say("Close"), "aria-label": say("Close {text}", { text }) });
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
  const loss = { loss: decimal(facts.delta_e, 1) };
  const notice = hasMask(facts.model)
    ? say("one LUT cannot treat person and background differently (ΔE2000 {loss}); the saved photo does", loss)
    : say("one LUT cannot do all that the saved photo gets (ΔE2000 {loss})", loss);
  return { ...facts, notices: [...(facts.notices ?? []), notice] };
}

// The notices, each with its photos unless it concerns all of them.
function remarks(noticed, photos) {
  const sentences = [...noticed].map(([notice, about]) => {
    if (about.length === photos.length) return say(notice);
    const [{ name }, ...others] = about;
    const which = others.length ? plural(others.length, "{name} and {count} other", "{name} and {count} others", { name }) : name;
    return `${say(notice)} (${which})`;
  });
  return sentences.join("; ");
}

// What one LUT for all costs, in a sentence; residuals are mean ΔE2000 by take.
function residuals(byTake) {
  const all = Object.values(byTake ?? {});
  if (!all.length) return "";
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return say("ΔE {mean} from each take’s own look on average, {most} at most", {
    mean: decimal(mean, 1), most: decimal(Math.max(...all), 1),
  });
}

function download({ blob, name }) {
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), RELEASE_AFTER);
}
