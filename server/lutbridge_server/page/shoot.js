// A shoot that matches: a group at the helper, and for each of its takes the LUT that agrees with the others.
//   "change"    the takes are other than before
//   "progress"  the sentence is, or whether a matching goes on

import * as helper from "./helper.js";
import { Lane } from "./lane.js";
import { fetchLut, ownLut, SHEET_SIZE } from "./looks.js";

export class Shoot extends EventTarget {
  takes = new Map(); // photo → { take, own, agreed, leftAlone, notices }, once matched
  sentence = "";
  end = null; // the AbortController of a matching that goes on
  #group = null; // { id, model, takes: photo → take, consistency, reference }
  #lane = new Lane(1); // a group's solution is one state: nothing may change it between solving and asking

  constructor() {
    super();
    addEventListener("pagehide", () => this.#close()); // the helper keeps few groups, and keeps them for long
  }

  // Matches the photos; all that were read. Resolves when they match, are given up or cannot be matched.
  async match(photos, model, reference) {
    this.cancel();
    const end = (this.end = new AbortController());
    try {
      await this.#lane.run(() => this.#match(photos, model, reference, end.signal), { signal: end.signal });
    } catch (error) {
      if (end.signal.aborted) return;
      this.#say(error.sentence ?? "The shoot could not be matched.");
      throw error;
    } finally {
      if (this.end === end) this.end = null;
      this.#say(this.sentence);
    }
  }

  async #match(photos, model, reference, signal) {
    await this.#enter(photos, model, signal);
    const chosen = this.#group.takes.get(reference) ?? null;
    this.#say("Matching…");
    const { takes } = await this.#solve(1, chosen?.take, signal);
    const told = new Map(takes.map((take) => [take.take, take]));
    const found = new Map();
    for (const photo of photos) {
      this.#say(`Look ${found.size + 1} of ${photos.length}`);
      const { take } = this.#group.takes.get(photo);
      const { left_alone: leftAlone, notices } = told.get(take);
      const query = { group: this.#group.id, take, size: SHEET_SIZE };
      const [own, agreed] = await Promise.all([ownLut(photo, model, SHEET_SIZE), fetchLut(photo, query)]);
      signal.throwIfAborted();
      found.set(photo, { take, own, agreed, leftAlone, notices });
    }
    this.takes = found;
    this.dispatchEvent(new Event("change"));
    const alone = [...found.values()].filter((take) => take.leftAlone).length;
    this.#say(alone ? `${found.size - alone} takes match, ${alone} left alone` : `${found.size} takes match`);
  }

  // Opens a group of this model and these photos; the one that is open where it still fits.
  async #enter(photos, model, signal) {
    const isStale = this.#group && [...this.#group.takes.keys()].some((photo) => !photos.includes(photo));
    if (this.#group && (this.#group.model !== model || isStale)) await this.#close();
    if (!this.#group) {
      const { group } = await helper.json("POST", "/v1/groups", { query: { model }, signal });
      this.#group = { id: group, model, takes: new Map() };
    }
    const { id, takes } = this.#group;
    for (const photo of photos) {
      if (takes.has(photo)) continue;
      this.#say(`Take ${takes.size + 1} of ${photos.length}`);
      const request = { query: { name: helper.label(photo.name) }, body: photo.copy, signal };
      takes.set(photo, await this.#still(helper.json("POST", `/v1/groups/${id}/takes`, request)));
    }
  }

  async #solve(consistency, reference, signal) {
    const query = { consistency, reference };
    const request = helper.json("POST", `/v1/groups/${this.#group.id}/solve`, { query, signal });
    const solved = await this.#still(request);
    Object.assign(this.#group, { consistency, reference });
    return solved;
  }

  // The answer; where the helper has closed the group, it is closed here too.
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
    this.takes = new Map();
    this.dispatchEvent(new Event("change"));
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
    this.sentence = sentence;
    this.dispatchEvent(new Event("progress"));
  }
}
