// A map that keeps the entries used last; `drop` is called with the value of each that has to go.

export class Recent {
  constructor(most, drop = () => {}) {
    this.most = most;
    this.drop = drop;
    this.entries = new Map();
  }

  get(key) {
    const value = this.entries.get(key);
    if (value !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, value);
    }
    return value;
  }

  set(key, value) {
    this.entries.set(key, value);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.most) break;
      this.delete(oldest);
    }
    return value;
  }

  delete(key) {
    const value = this.entries.get(key);
    if (this.entries.delete(key)) this.drop(value);
  }

  // All whose key `isMeant`.
  deleteWhere(isMeant) {
    for (const key of [...this.entries.keys()]) if (isMeant(key)) this.delete(key);
  }
}
