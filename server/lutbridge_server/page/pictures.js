// Photo files to pixels on canvases, in sRGB and upright.

import * as helper from "./helper.js";

const COPY_SIDE = 1024; // px; the helper gives a photo of this size the look of the full one
const COPY_QUALITY = 0.95;
const THUMB_SIDE = 360;
const SCREEN_SIDE = 4096; // px; of what the helper turns into a JPEG because the browser cannot read it

export const READABLE = /^[^.].*\.(jpe?g|png|tiff?|webp)$/i; // what begins with a dot belongs to the system
const FOREIGN = /\.tiff?$/i; // browsers read no TIFF

// An ImageBitmap of a file, for the caller to close. The helper reads what the browser cannot.
export async function decode(file, signal, longSide = SCREEN_SIDE) {
  if (!FOREIGN.test(file.name)) {
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (bitmap) return bitmap;
  }
  const query = { strength: 0, format: "jpeg", icc: "srgb", long_side: longSide, name: helper.label(file.name) };
  const { blob } = await helper.file("/v1/render", { query, body: file, signal });
  return createImageBitmap(blob);
}

// A new canvas with a picture on it, at most so large.
export function scaled(picture, longSide) {
  const factor = Math.min(1, longSide / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(factor * picture.width));
  canvas.height = Math.max(1, Math.round(factor * picture.height));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// Frees a canvas's pixels now, and not when the collector comes by.
export function release(canvas) {
  if (canvas) canvas.width = canvas.height = 0;
}

// What is kept of a photo while it is on the desk: { thumb, copy, width, height }.
export async function reduce(file, signal) {
  const bitmap = await decode(file, signal);
  try {
    const small = scaled(bitmap, COPY_SIDE);
    const copy = await new Promise((resolve) => small.toBlob(resolve, "image/jpeg", COPY_QUALITY));
    const thumb = scaled(small, THUMB_SIDE);
    release(small);
    return { thumb, copy, width: bitmap.width, height: bitmap.height };
  } finally {
    bitmap.close();
  }
}
