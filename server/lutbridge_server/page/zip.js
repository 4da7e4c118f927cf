// An uncompressed .zip, as photos are compressed already. The layout is that of PKWARE's APPNOTE 6.3.

export const MOST_BYTES = 2 ** 31; // of one archive; some programs open no larger ones

const UTF8 = 0x0800; // the flag that says how names are written
const VERSION = 20;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export class Zip {
  #parts = [];
  #entries = []; // of the central directory
  #names = new Set();
  #date = new Date();
  size = 0; // bytes of what was added

  // Adds a blob; a name that is there already is numbered, as "DSC_1 (2).jpg".
  async add(name, blob) {
    const encoded = new TextEncoder().encode(this.#free(name));
    const facts = [
      [2, VERSION], [2, UTF8], [2, 0], [2, dosTime(this.#date)], [2, dosDate(this.#date)],
      [4, await crc32(blob)], [4, blob.size], [4, blob.size], [2, encoded.length], [2, 0],
    ];
    const header = pack([[4, 0x04034b50], ...facts]);
    this.#entries.push(pack([[4, 0x02014b50], [2, VERSION], ...facts, [2, 0], [2, 0], [2, 0], [4, 0], [4, this.size]]), encoded);
    this.#parts.push(header, encoded, blob);
    this.size += header.length + encoded.length + blob.size;
  }

  get count() {
    return this.#names.size;
  }

  // The archive.
  finish() {
    const length = this.#entries.reduce((sum, entry) => sum + entry.length, 0);
    const { count } = this;
    const end = pack([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, length], [4, this.size], [2, 0]]);
    return new Blob([...this.#parts, ...this.#entries, end], { type: "application/zip" });
  }

  #free(name) {
    const [, stem, extension] = /^(.*?)(\.[^.]*)?$/s.exec(name);
    let free = name;
    for (let number = 2; this.#names.has(free.toLowerCase()); number++) free = `${stem} (${number})${extension ?? ""}`;
    this.#names.add(free.toLowerCase()); // Windows and macOS do not tell DSC.jpg from dsc.JPG
    return free;
  }
}

// Numbers, each as [bytes, value], the lowest byte first.
function pack(fields) {
  const bytes = [];
  for (const [width, value] of fields) for (let at = 0; at < width; at++) bytes.push((value >>> (8 * at)) & 255);
  return Uint8Array.from(bytes);
}

async function crc32(blob) {
  let value = 0xffffffff;
  for await (const chunk of blob.stream()) for (const byte of chunk) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

const dosTime = (date) => (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
const dosDate = (date) => ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
