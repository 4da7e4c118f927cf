// A shoot that matches: a group at the helper, and for each of its takes the look that agrees with the others.
//   "change"    the takes are other than before
//   "progress"  the message of a matching in progress has changed, or whether one is in progress

import { counted } from "./dom.js";
import * as helper from "./helper.js";
import { Lane } from "./lane.js";
import { fetchLook, ownLook, SHEET_SIZE } from "./looks.js";

export class Shoot extends EventTarget {
  takes = new Map(); // photo → { take, own, agreed, leftAlone }, once matched
  end = null; // the AbortController of a matching in progress
  #asked = null; // its request: { photos, model, reference }
  #said = ""; // how far it is, or why there is none
  #left = 0; // takes whose photos have gone since they were matched
  #group = null; // { id, model, takes: photo → take, isSure, consistency, reference }
  #lane = new Lane(1); // a group's solution is one state: nothing may change it between solving and asking

  constructor() {
    super();
    addEventListener("pagehide", () => this.#close()); // the helper keeps few groups, and keeps them for long
  }

  // Whether these photos, and no others, were matched with each other.
  isOf(photos) {
    return this.takes.size > 0 && !this.#left && photos.every((photo) => this.takes.has(photo));
  }

  // How these photos, which are all that were read, match.
  describe(photos) {
    if (this.#said) return this.#said;
    if (photos.length < 2) return "Add at least two photos to match them";
    if (!this.takes.size) return "Not matched yet";
    const alone = [...this.takes.values()].filter((take) => take.leftAlone).length;
    const alike = this.takes.size - alone;
    const parts = [alike ? counted(alike, "take") + (alike === 1 ? " matches" : " match") : "No take matches another"];
    if (alone && alike) parts[0] += `, ${alone} not matched`;
    const added = photos.filter((photo) => !this.takes.has(photo)).length;
    if (added) parts.push(`${counted(added, "photo")} added since`);
    if (this.#left) parts.push(`${counted(this.#left, "photo")} removed since`);
    return parts.join("; ");
  }

  // Continues without a photo; restarts a matching in progress, as a group cannot drop a take.
  drop(photo) {
    if (this.takes.delete(photo)) this.#left++;
    if (!this.end || !this.#asked.photos.includes(photo)) return;
    const photos = this.#asked.photos.filter((other) => other !== photo);
    const { model, reference } = this.#asked;
    if (photos.length > 1) this.match(photos, model, reference === photo ? undefined : reference);
    else this.cancel();
  }

  // Matches the photos; all that were read. Resolves when they match, are given up or cannot be matched.
  async match(photos, model, reference) {
    this.cancel();
    const end = (this.end = new AbortController());
    this.#asked = { photos, model, reference };
    let sentence = "";
    try {
      await this.#lane.run(() => this.#match(photos, model, reference, end.signal), { signal: end.signal });
    } catch (error) {
      if (!end.signal.aborted) sentence = error.sentence ?? "The shoot could not be matched.";
    }
    if (this.end !== end) return; // another has begun
    this.end = null;
    this.#say(sentence);
  }

  async #match(photos, model, reference, signal) {
    await this.#enter(photos, model, signal);
    const chosen = this.#group.takes.get(reference) ?? null;
    this.#say("Matching…");
    const { takes } = await this.#solve(1, chosen?.take, signal);
    const told = new Map(takes.map((take) => [take.take, take.left_alone]));
    const found = new Map();
    for (const photo of photos) {
      this.#say(`Look ${found.size + 1} of ${photos.length}`);
      const { take } = this.#group.takes.get(photo);
      const query = { group: this.#group.id, take, size: SHEET_SIZE };
      const [own, agreed] = await Promise.all([ownLook(photo, model, SHEET_SIZE), fetchLook(photo, model, query)]);
      signal.throwIfAborted();
      found.set(photo, { take, own, agreed, leftAlone: told.get(take) });
    }
    this.#keep(found);
  }

  #keep(takes) {
    this.takes = takes;
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
      this.#say(`Take ${group.takes.size + 1} of ${photos.length}`);
      const request = { query: { name: helper.label(photo.name) }, body: photo.copy, signal };
      group.isSure = false; // whether the helper has the take, until it says so
      group.takes.set(photo, await this.#still(helper.json("POST", `/v1/groups/${group.id}/takes`, request)));
      group.isSure = true;
    }
  }

  async #solve(consistency, reference, signal) {
    const query = { consistency, reference };
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

  // The result of work({ id, takes }) on the group while it is solved at this consistency.
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
