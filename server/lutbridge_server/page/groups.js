// Which photos belong together; each open photo is in one group. At first there is one group with all of them.
//   "change"  photos changed their group, came or went

export class Groups extends EventTarget {
  list = []; // arrays of photos, none of them empty
  #home = new Map(); // key of a photo → the group it is or was in, for when it comes back
  #late = null; // the group of photos that came after the others were grouped

  constructor(openPhotos) {
    super();
    openPhotos.addEventListener("gone", ({ detail: photo }) => {
      this.#take([photo]);
      this.#tell();
    });
    openPhotos.addEventListener("photos", () => this.#welcome(openPhotos.photos));
  }

  // The index of a photo's group.
  of(photo) {
    return this.list.findIndex((group) => group.includes(photo));
  }

  // The groups with those of their photos that were read.
  get readable() {
    return this.list.map((group) => group.filter((photo) => photo.isRead)).filter((group) => group.length);
  }

  // Groups all anew. Photos that are in none of these groups come after them, in one of their own.
  arrange(groups) {
    const rest = this.list.flat().filter((photo) => !groups.some((group) => group.includes(photo)));
    this.#home.clear();
    this.#late = rest;
    this.list = [...groups, rest];
    this.#tell();
  }

  // Puts photos into the group at an index, or into a new one at the end.
  move(photos, index) {
    const group = this.list[index] ?? [];
    this.#take(photos);
    group.push(...photos);
    if (!this.list.includes(group)) this.list.push(group);
    this.#tell();
  }

  // The photos' keys, group by group.
  get keys() {
    return this.list.map((group) => group.map((photo) => photo.key));
  }

  // Has photos of these keys join each other when they come, as they next do.
  expect(keys) {
    this.list = keys.map(() => []);
    keys.forEach((group, index) => group.forEach((key) => this.#home.set(key, this.list[index])));
  }

  #welcome(photos) {
    const known = new Set(this.list.flat());
    for (const photo of photos) {
      if (known.has(photo)) continue;
      const group = this.#home.get(photo.key) ?? (this.list.length === 1 ? this.list[0] : (this.#late ??= []));
      if (!this.list.includes(group)) this.list.push(group);
      group.push(photo);
    }
    this.#tell();
  }

  #take(photos) {
    for (const group of this.list) {
      for (const photo of photos) if (group.includes(photo)) group.splice(group.indexOf(photo), 1);
    }
  }

  #tell() {
    this.list = this.list.filter((group) => group.length);
    if (!this.list.includes(this.#late)) this.#late = null;
    for (const group of this.list) for (const photo of group) this.#home.set(photo.key, group);
    this.dispatchEvent(new Event("change"));
  }
}
