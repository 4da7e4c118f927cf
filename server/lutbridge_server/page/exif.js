// How a photo was taken, in a line: camera, lens, focal length, aperture, exposure time, ISO, date. EXIF 2.32, in JPEG,
// TIFF, PNG and WebP.

const CAMERA = 0x0110;
const CHANGED = 0x0132;
const TIME = 0x829a;
const APERTURE = 0x829d;
const EXIF = 0x8769;
const ISO = 0x8827;
const TAKEN = 0x9003;
const FOCAL = 0x920a;
const LENS = 0xa434;
const WIDTHS = { 2: 1, 3: 2, 4: 4, 5: 8, 13: 4 }; // bytes of an ASCII character, a SHORT, LONG, RATIONAL and IFD
const LONGEST = 200; // bytes of a text
const MOST = 200; // entries of a directory, and parts of a file before its EXIF
const NONE = { isLittle: true, entries: new Map() };

// "" if the file has none, or none that can be read.
export async function describeExif(file) {
  const { isLittle, entries } = await readTags(file);
  return line((tag) => entries.has(tag) && told(entries.get(tag), isLittle));
}

// The entries of a file's first directory and of its EXIF directory: { isLittle, entries: tag → { tag, type, count, value } },
// each value as it stands there, in a DataView of its own; no entries where there is no EXIF, or a damaged one.
export async function readTags(file) {
  try {
    const exif = await find(file);
    return exif ? await tags(exif) : NONE;
  } catch {
    return NONE;
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
  if (head.getUint16(2, isLittle) !== 42) return NONE;
  const entries = await directory(tiff, head.getUint32(4, isLittle), isLittle);
  const further = entries.get(EXIF);
  const others = further ? await directory(tiff, further.value.getUint32(0, isLittle), isLittle) : [];
  return { isLittle, entries: new Map([...entries, ...others]) };
}

async function directory(tiff, at, isLittle) {
  const length = Math.min(MOST, (await view(tiff, at, 2)).getUint16(0, isLittle));
  const all = await view(tiff, at + 2, 12 * length);
  const found = new Map();
  for (let entry = 0; entry < 12 * length; entry += 12) {
    const [tag, type] = [all.getUint16(entry, isLittle), all.getUint16(entry + 2, isLittle)];
    const width = WIDTHS[type];
    if (!width) continue;
    const count = Math.min(Math.floor(LONGEST / width), all.getUint32(entry + 4, isLittle));
    const place = width * count <= 4 ? at + 2 + entry + 8 : all.getUint32(entry + 8, isLittle);
    found.set(tag, { tag, type, count, value: await view(tiff, place, width * count) });
  }
  return found;
}

// What an entry says: its text, or its first number.
function told({ type, value }, isLittle) {
  const width = WIDTHS[type];
  if (value.byteLength < width) return undefined; // it stands beyond the end of the file
  if (width === 1) return text(value, 0, value.byteLength).split("\0")[0].trim();
  if (width === 2) return value.getUint16(0, isLittle);
  const first = value.getUint32(0, isLittle);
  return width === 4 ? first : first / value.getUint32(4, isLittle);
}

const short = (number) => String(Number(number.toFixed(1)));

function line(tell) {
  const [focal, aperture, time, iso] = [FOCAL, APERTURE, TIME, ISO].map(tell);
  const [, date, clock] = /^(\d{4}:\d\d:\d\d) (\d\d:\d\d)/.exec(tell(TAKEN) || tell(CHANGED) || "") ?? [];
  return [
    tell(CAMERA), tell(LENS), focal > 0 && `${short(focal)} mm`, aperture > 0 && `f/${short(aperture)}`,
    time > 0 && `${time < 0.3 ? `1/${Math.round(1 / time)}` : short(time)} s`, iso > 0 && `ISO ${iso}`,
    date && `${date.replaceAll(":", "-")} ${clock}`,
  ].filter(Boolean).join(" · ");
}
