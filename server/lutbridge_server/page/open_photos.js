// The photos that are open and how they are to look. Everything else watches it.
//   "photos"     photos came or went
//   "gone"       detail: a photo that went
//   "photo"      detail: a photo that was read, or could not be
//   "selection"  another photo is looked at
//   "tick"       photos were ticked, or are not any more
//   "setting"    detail: the name of the setting that changed
//   "retry"      photos that failed for passing reasons may be requested again

import { HelperError } from "./helper.js";
import { Lane } from "./lane.js";
import { READABLE, reduce, release } from "./pictures.js";

const AT_ONCE = 2; // photos decoded at the same time, each of them whole

const keyOf = (file) => `${file.webkitRelativePath || file.name}:${file.size}:${file.lastModified}`;

class Photo {
  constructor(file, key = keyOf(file)) {
    this.file = file;
    this.name = file.name;
    this.key = key;
    this.thumb = null; // a small canvas, once read
    this.copy = null; // a JPEG of 1,024 px, sent to the helper in place of the photo
    this.width = this.height = 0;
    this.error = null;
    this.isTicked = false;
    this.end = new AbortController(); // aborted when the photo leaves the openPhotos
  }

  get isRead() {
    return this.copy !== null;
  }
}

export class OpenPhotos extends EventTarget {
  photos = [];
  selected = null;
  refused = 0; // files among those that came last that are no photos
  results = { leftOut: 0, again: 0 }; // photos among those that came last that lutbridge made
  settings = { person: 1, background: 1, consistency: 1, model: "", against: "", look: "own" };
  #lane = new Lane(AT_ONCE);
  #removed = []; // photos removed together, latest at the end: a list of { file, key, isTicked, at }

  // Adds files. Those that are no photos are counted, those that lie here already left out.
  add(files, results) {
    const readable = files.filter((file) => READABLE.test(file.name));
    this.refused = files.length - readable.length;
    this.results = results;
    this.#take(readable.map((file) => new Photo(file)));
  }

  // Adds photos of before a reload, { file, key } each: a file that was kept does not tell its folder any more.
  restore(kept) {
    this.#take(kept.map(({ file, key }) => new Photo(file, key)));
  }

  #take(photos) {
    const known = new Set(this.photos.map((photo) => photo.key));
    const added = [];
    for (const photo of photos) {
      if (known.has(photo.key)) continue;
      known.add(photo.key);
      added.push(photo);
    }
    this.photos.push(...added);
    this.#tell("photos");
    if (!this.selected && added.length) this.select(added[0]);
    for (const photo of added) this.#read(photo);
  }

  async #read(photo) {
    const { signal } = photo.end;
    try {
      const read = await this.#lane.run(() => reduce(photo.file, signal), { signal });
      if (signal.aborted) release(read.thumb);
      else Object.assign(photo, read);
    } catch (error) {
      photo.error = error instanceof HelperError ? error : new HelperError("photo_refused", "this photo cannot be read");
    }
    if (!signal.aborted) this.#tell("photo", photo);
  }

  // For when the helper is back, or the user has made room.
  retry() {
    for (const photo of this.photos) {
      if (!photo.error?.isPassing) continue;
      photo.error = null;
      this.#read(photo);
    }
    this.#tell("retry");
  }

  remove(photo) {
    const at = this.photos.indexOf(photo);
    this.#removed.push([this.#trace(photo, at)]);
    this.photos.splice(at, 1);
    this.#putAway(photo);
    this.#tell("photos");
    if (this.selected === photo) this.select(this.photos[Math.min(at, this.photos.length - 1)] ?? null);
  }

  clear() {
    this.#removed.push(this.photos.map((photo, at) => this.#trace(photo, at)));
    this.photos.splice(0).forEach((photo) => this.#putAway(photo));
    this.#tell("photos");
    this.select(null);
  }

  // What undo() would put back.
  get lastRemoved() {
    return this.#removed.at(-1) ?? [];
  }

  // Restores the photos removed last to their places, and reads them again.
  undo() {
    const known = new Set(this.photos.map((photo) => photo.key));
    const traces = (this.#removed.pop() ?? []).filter(({ key }) => !known.has(key)); // some may have been added again
    const back = traces.map(({ file, key, isTicked }) => Object.assign(new Photo(file, key), { isTicked }));
    back.forEach((photo, index) => this.photos.splice(traces[index].at, 0, photo));
    this.#tell("photos");
    if (back.length) this.select(back[0]);
    for (const photo of back) this.#read(photo);
  }

  #trace({ file, key, isTicked }, at) {
    return { file, key, isTicked, at };
  }

  tick(photos, isTicked) {
    for (const photo of photos) photo.isTicked = isTicked;
    this.#tell("tick");
  }

  select(photo) {
    if (photo === this.selected) return;
    this.selected = photo;
    this.#tell("selection");
  }

  set(name, value) {
    if (this.settings[name] === value) return;
    this.settings[name] = value;
    this.#tell("setting", name);
  }

  // The strengths on both parts, as painter.js and the helper take them.
  get dials() {
    const { person, background } = this.settings;
    return { person, background };
  }

  get readable() {
    return this.photos.filter((photo) => photo.isRead);
  }

  // Those that are ticked and can be saved.
  get ticked() {
    return this.readable.filter((photo) => photo.isTicked);
  }

  get waiting() {
    return this.photos.filter((photo) => !photo.isRead && !photo.error).length;
  }

  #putAway(photo) {
    photo.end.abort();
    release(photo.thumb);
    this.#tell("gone", photo);
  }

  #tell(type, detail = null) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
