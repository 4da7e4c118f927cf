// A shoot that matches: all takes together at the helper, and for each the look that agrees with those of its group.
//   "change"    the takes are other than before
//   "progress"  what is said of the work that goes on, or whether any does

import { withCapture } from "./capture.js";
import * as helper from "./helper.js";
import { Lane } from "./lane.js";
import { fetchLook, ownLook, SHEET_SIZE } from "./looks.js";
import { plural, say } from "./texts.js";

export class Shoot extends EventTarget {
  takes = new Map(); // photo → { take, own, agreed, leftAlone }, once matched
  end = null; // the AbortController of work that goes on
  #groups;
  #asked = null; // that work: { doing, photos, again() to begin it anew }
  #said = ""; // how far it is, or why there is no result
  #left = 0; // takes whose photos have gone since they were matched
  #matched = ""; // the groups that were matched
  #group = null; // at the helper: { id, model, takes: photo → take, isSure, consistency, reference, parts }
  #lane = new Lane(1); // a group's solution is one state: nothing may change it between solving and asking

  constructor(groups) {
    super();
    this.#groups = groups;
    addEventListener("pagehide", () => this.#close()); // the helper keeps few groups, and keeps them for long
  }

  // What goes on: "find", "match" or "".
  get doing() {
    return this.end ? this.#asked.doing : "";
  }

  // Whether the groups are those that were matched.
  get isCurrent() {
    return this.takes.size > 0 && this.#matched === namesOf(this.#groups.readable);
  }

  // How these photos, which are all that were read, match.
  describe(photos) {
    if (this.#said) return this.#said;
    if (photos.length < 2) return say("Add at least two photos to match them");
    const count = this.#groups.list.length;
    if (!this.takes.size) return plural(count, "Not matched yet", "{count} groups, not matched yet");
    const alone = [...this.takes.values()].filter((take) => take.leftAlone).length;
    const alike = this.takes.size - alone;
    const { length } = this.#matched.split("\n\n");
    const parts = [alike ? plural(alike, "{count} take matches", "{count} takes match") : say("No take matches another")];
    if (alone && alike) parts[0] += say(", {alone} not matched", { alone });
    if (length > 1) parts[0] += say(", in {length} groups", { length });
    const added = photos.filter((photo) => !this.takes.has(photo)).length;
    if (added) parts.push(plural(added, "{count} photo added since", "{count} photos added since"));
    if (this.#left) parts.push(plural(this.#left, "{count} photo removed since", "{count} photos removed since"));
    if (parts.length === 1 && !this.isCurrent) parts.push(say("groups changed since"));
    return parts.join("; ");
  }

  // Continues without a photo; restarts a matching in progress, as a group cannot drop a take.
  drop(photo) {
    if (this.takes.delete(photo)) this.#left++;
    if (!this.end || !this.#asked.photos.includes(photo)) return;
    if (this.#asked.photos.length > 2) this.#asked.again(photo);
    else this.cancel();
  }

  // Finds the groups of all photos that were read, as `lutbridge groups` does.
  find(model) {
    return this.#begin("find", (photos, signal) => this.#find(photos, model, signal), () => this.find(model));
  }

  // Matches the photos of each group, all that were read.
  match(model, reference) {
    const again = (photo) => this.match(model, reference === photo ? undefined : reference);
    return this.#begin("match", (photos, signal) => this.#match(photos, model, reference, signal), again);
  }

  // Resolves when work(photos, signal) is done, is given up or has failed.
  async #begin(doing, work, again) {
    this.cancel();
    const end = (this.end = new AbortController());
    const photos = this.#groups.readable.flat();
    this.#asked = { doing, photos, again };
    let sentence = "";
    try {
      await this.#lane.run(() => work(photos, end.signal), { signal: end.signal });
    } catch (error) {
      if (!end.signal.aborted) sentence = error.sentence ?? say("Something went wrong. Try again.");
    }
    if (this.end !== end) return; // another has begun
    this.end = null;
    this.#say(sentence);
  }

  async #find(photos, model, signal) {
    await this.#enter(photos, model, signal);
    this.#say(say("Finding groups…"));
    const { takes, id } = this.#group;
    const { parts } = await this.#still(helper.json("POST", `/v1/groups/${id}/find`, { signal }));
    const photoOf = new Map([...takes].map(([photo, { take }]) => [take, photo]));
    this.#groups.arrange(parts.map((part) => part.map((take) => photoOf.get(take))));
  }

  async #match(photos, model, reference, signal) {
    await this.#enter(photos, model, signal);
    const chosen = this.#group.takes.get(reference) ?? null;
    const known = this.#groups.readable.map((group) => group.filter((photo) => this.#group.takes.has(photo)));
    const groups = known.filter((group) => group.length);
    this.#group.parts = groups.map((group) => this.#takesOf(group)).join(";");
    this.#say(say("Matching…"));
    const { takes } = await this.#solve(1, chosen?.take, signal);
    const told = new Map(takes.map((take) => [take.take, take.left_alone]));
    const found = new Map();
    for (const photo of photos) {
      this.#say(say("Fetching look {number} of {count}", { number: found.size + 1, count: photos.length }));
      const { take } = this.#group.takes.get(photo);
      const query = { group: this.#group.id, take, size: SHEET_SIZE };
      const [own, agreed] = await Promise.all([ownLook(photo, model, SHEET_SIZE), fetchLook(photo, model, query)]);
      signal.throwIfAborted();
      found.set(photo, { take, own, agreed, leftAlone: told.get(take) });
    }
    this.#keep(found, namesOf(groups));
  }

  #takesOf(photos) {
    return photos.map((photo) => this.#group.takes.get(photo).take).join();
  }

  #keep(takes, groups = "") {
    this.takes = takes;
    this.#matched = groups;
    this.#left = 0;
    this.dispatchEvent(new Event("change"));
  }

  // Opens a group of this model and these photos, or keeps the open one if it still fits.
  async #enter(photos, model, signal) {
    const isStale = this.#group && [...this.#group.takes.keys()].some((photo) => !photos.includes(photo));
    if (this.#group && (this.#group.model !== model || isStale || !this.#group.isSure)) await this.#close();
    if (!this.#group) {
      const { group } = await helper.json("POST", "/v1/groups", { query: { model }, signal });
      this.#group = { id: group, model, takes: new Map(), isSure: true };
    }
    const group = this.#group;
    for (const photo of photos) {
      if (group.takes.has(photo)) continue;
      this.#say(say("Analysing take {number} of {count}", { number: group.takes.size + 1, count: photos.length }));
      const [name, folder] = [helper.label(photo.name), photo.folder && helper.label(photo.folder)];
      const body = await withCapture(photo.copy, photo.file);
      const request = { query: { name, folder: folder || null }, body, signal };
      group.isSure = false; // whether the helper has the take, until it says so
      group.takes.set(photo, await this.#still(helper.json("POST", `/v1/groups/${group.id}/takes`, request)));
      group.isSure = true;
    }
  }

  async #solve(consistency, reference, signal) {
    const query = { consistency, reference, parts: this.#group.parts };
    const request = helper.json("POST", `/v1/groups/${this.#group.id}/solve`, { query, signal });
    const solved = await this.#still(request);
    Object.assign(this.#group, { consistency, reference });
    return solved;
  }

  // The answer; if the helper has closed the group, it is closed here too.
  async #still(answer) {
    try {
      return await answer;
    } catch (error) {
      if (error.code === "unknown_group") this.forget();
      throw error;
    }
  }

  // The result of work(query), where the query names the look of a photo: the model's for the photo alone, or the one
  // found for it as a take, at this consistency.
  inLook(photo, isOwn, { model, consistency }, work, signal) {
    const take = isOwn ? null : this.takes.get(photo)?.take;
    if (!take) return work({ model });
    return this.at(consistency, ({ id }) => work({ group: id, take }), signal);
  }

  // The result of work({ id, takes }) for these photos while all are solved at this consistency.
  together(photos, consistency, work, signal) {
    return this.at(consistency, ({ id }) => work({ id, takes: this.#takesOf(photos) }), signal);
  }

  // The result of work({ id }) on the group while it is solved at this consistency.
  at(consistency, work, signal) {
    return this.#lane.run(async () => {
      if (!this.#group) throw new helper.HelperError("group_unsolved", "the shoot is not matched", "match it again");
      if (this.#group.consistency !== consistency) await this.#solve(consistency, this.#group.reference, signal);
      return this.#still(work(this.#group));
    }, { signal });
  }

  cancel() {
    this.end?.abort();
  }

  // Leaves the group's photos unmatched and closes it at the helper.
  forget() {
    this.cancel();
    this.#keep(new Map());
    this.#close();
    this.#say("");
  }

  async #close() {
    const group = this.#group;
    this.#group = null;
    const request = group && helper.ask("DELETE", `/v1/groups/${group.id}`, { keepalive: true });
    await request?.catch(() => {}); // it may have expired
  }

  #say(sentence) {
    this.#said = sentence;
    this.dispatchEvent(new Event("progress"));
  }
}

// Groups by the keys of their photos, whatever their order.
const namesOf = (groups) => groups.map((group) => group.map((photo) => photo.key).sort().join("\n")).sort().join("\n\n");
