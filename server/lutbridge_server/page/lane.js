// Runs a few pieces of work at a time, in order of request; urgent work goes first.

export class Lane {
  constructor(width) {
    this.width = width;
    this.running = 0;
    this.waiting = [];
  }

  // The promise of work(signal). Rejects with the signal's reason once it is aborted, begun or not.
  run(work, { signal, urgent = false } = {}) {
    return new Promise((resolve, reject) => {
      const entry = { work, signal, resolve, reject };
      if (urgent) this.waiting.unshift(entry);
      else this.waiting.push(entry);
      this.#next();
    });
  }

  async #next() {
    if (this.running >= this.width || !this.waiting.length) return;
    const { work, signal, resolve, reject } = this.waiting.shift();
    this.running++;
    try {
      signal?.throwIfAborted();
      resolve(await work());
    } catch (error) {
      reject(error);
    } finally {
      this.running--;
      this.#next();
    }
  }
}
