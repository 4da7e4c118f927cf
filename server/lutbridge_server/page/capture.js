// The small copy of a photo, with what its EXIF says of when and with what it was taken: scenes are told apart by that.

import { readTags } from "./exif.js";

const MAIN = [0x010f, 0x0110]; // make, model
const EXIF = 0x8769;
// exposure time, aperture, ISO; date and time, their offsets and fractions of a second; exposure mode; the body's number
const CAMERA = [0x829a, 0x829d, 0x8827, 0x9003, 0x9004, 0x9011, 0x9012, 0x9291, 0x9292, 0xa402, 0xa431];

// `copy` is a JPEG without EXIF; the result is one with it, or the same where the file says nothing.
export async function withCapture(copy, file) {
  const { isLittle, entries } = await readTags(file);
  const [main, camera] = [MAIN, CAMERA].map((tags) => tags.filter((tag) => entries.has(tag)).map((tag) => entries.get(tag)));
  if (!main.length && !camera.length) return copy;
  const exif = tiff(main, camera, isLittle);
  const head = new DataView(new ArrayBuffer(4));
  head.setUint16(0, 0xffe1);
  head.setUint16(2, 2 + 6 + exif.byteLength);
  return new Blob([copy.slice(0, 2), head, "Exif\0\0", exif, copy.slice(2)], { type: "image/jpeg" });
}

// A TIFF of these entries (TIFF 6.0): the first directory, the EXIF directory, and what does not fit into either.
function tiff(main, camera, isLittle) {
  const room = (count) => 6 + 12 * count;
  const second = 8 + room(main.length + 1);
  const end = second + room(camera.length);
  const bytes = [...main, ...camera].reduce((sum, { value }) => sum + value.byteLength + 1, end);
  const out = new DataView(new ArrayBuffer(bytes));
  out.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  out.setUint16(2, 42, isLittle);
  out.setUint32(4, 8, isLittle);
  const pointer = new DataView(new ArrayBuffer(4));
  pointer.setUint32(0, second, isLittle);
  let free = end;
  const write = (directory, at) => {
    out.setUint16(at, directory.length, isLittle);
    directory.forEach(({ tag, type, count, value }, index) => {
      const entry = at + 2 + 12 * index;
      out.setUint16(entry, tag, isLittle);
      out.setUint16(entry + 2, type, isLittle);
      out.setUint32(entry + 4, count, isLittle);
      const place = value.byteLength <= 4 ? entry + 8 : free;
      new Uint8Array(out.buffer).set(new Uint8Array(value.buffer), place);
      if (place !== free) return;
      out.setUint32(entry + 8, place, isLittle);
      free += value.byteLength + (value.byteLength % 2);
    });
  };
  write([...main, { tag: EXIF, type: 4, count: 1, value: pointer }], 8);
  write(camera, second);
  return out;
}
