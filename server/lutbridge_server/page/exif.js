// How a photo was taken, in a line: camera, lens, focal length, aperture, exposure time, ISO, date. EXIF 2.32, in JPEG,
// TIFF, PNG and WebP.

const TAGS = { 0x0110: "camera", 0x0132: "changed", 0x829a: "time", 0x829d: "aperture", 0x8769: "exif", 0x8827: "iso",
  0x9003: "taken", 0x920a: "focal", 0xa434: "lens" };
const WIDTHS = { 2: 1, 3: 2, 4: 4, 5: 8, 13: 4 }; // bytes of an ASCII character, a SHORT, LONG, RATIONAL and IFD
const LONGEST = 200; // bytes of a text
const MOST = 200; // entries of a directory, and parts of a file before its EXIF

// "" if the file has none, or none that can be read.
export async function describeExif(file) {
  try {
    const exif = await find(file);
    return exif ? line(await tags(exif)) : "";
  } catch {
    return ""; // damaged EXIF costs nothing but this line
  }
}

async function view(blob, from, length) {
  return new DataView(await blob.slice(from, from + length).arrayBuffer());
}

const text = (bytes, from, length) => String.fromCharCode(...new Uint8Array(bytes.buffer, from, length));

// The part of a file from its EXIF on; null if it has none.
async function find(file) {
  const start = text(await view(file, 0, 12), 0, 12);
  if (start.startsWith("\xff\xd8")) return inJpeg(file);
  if (start.startsWith("\x89PNG")) return inChunks(file, 8, (head) => [head.getUint32(0) + 12, text(head, 4, 4) === "eXIf"]);
  if (start.startsWith("RIFF")) {
    return inChunks(file, 12, (head) => [(head.getUint32(4, true) + 9) & ~1, text(head, 0, 4) === "EXIF"]);
  }
  return file;
}

async function inJpeg(file) {
  for (let at = 2, parts = 0; parts < MOST; parts++) {
    const head = await view(file, at, 10);
    const marker = head.getUint16(0);
    if (marker === 0xffe1 && text(head, 4, 4) === "Exif") return file.slice(at + 10);
    if (marker === 0xffda) return null; // the pixels begin
    at += 2 + head.getUint16(2);
  }
  return null;
}

async function inChunks(file, first, measure) {
  for (let at = first, parts = 0; at < file.size && parts < MOST; parts++) {
    const [size, isExif] = measure(await view(file, at, 8));
    if (isExif) return file.slice(at + 8);
    at += size;
  }
  return null;
}

async function tags(exif) {
  const start = await view(exif, 0, 14); // some programs write "Exif\0\0" before it in WebP too
  const tiff = text(start, 0, 4) === "Exif" ? exif.slice(6) : exif;
  const head = await view(tiff, 0, 8);
  const isLittle = head.getUint16(0) === 0x4949;
  if (head.getUint16(2, isLittle) !== 42) return {};
  const found = await directory(tiff, head.getUint32(4, isLittle), isLittle);
  return found.exif ? { ...found, ...(await directory(tiff, found.exif, isLittle)) } : found;
}

async function directory(tiff, at, isLittle) {
  const count = Math.min(MOST, (await view(tiff, at, 2)).getUint16(0, isLittle));
  const entries = await view(tiff, at + 2, 12 * count);
  const found = {};
  for (let entry = 0; entry < 12 * count; entry += 12) {
    const name = TAGS[entries.getUint16(entry, isLittle)];
    const width = WIDTHS[entries.getUint16(entry + 2, isLittle)];
    if (!name || !width) continue;
    const length = Math.min(LONGEST, width * entries.getUint32(entry + 4, isLittle));
    const place = length <= 4 ? at + 2 + entry + 8 : entries.getUint32(entry + 8, isLittle);
    found[name] = value(await view(tiff, place, length), width, isLittle);
  }
  return found;
}

function value(bytes, width, isLittle) {
  if (width === 1) return text(bytes, 0, bytes.byteLength).split("\0")[0].trim();
  if (width === 2) return bytes.getUint16(0, isLittle);
  const number = bytes.getUint32(0, isLittle);
  return width === 4 ? number : number / bytes.getUint32(4, isLittle);
}

const short = (number) => String(Number(number.toFixed(1)));

function line({ camera, lens, focal, aperture, time, iso, taken, changed }) {
  const [, date, clock] = /^(\d{4}:\d\d:\d\d) (\d\d:\d\d)/.exec(taken ?? changed ?? "") ?? [];
  return [
    camera, lens, focal > 0 && `${short(focal)} mm`, aperture > 0 && `f/${short(aperture)}`,
    time > 0 && `${time < 0.3 ? `1/${Math.round(1 / time)}` : short(time)} s`, iso > 0 && `ISO ${iso}`,
    date && `${date.replaceAll(":", "-")} ${clock}`,
  ].filter(Boolean).join(" · ");
}
