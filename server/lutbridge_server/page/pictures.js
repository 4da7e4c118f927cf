// Photo files to pixels on canvases, in sRGB and upright.

import * as helper from "./helper.js";

const COPY_SIDE = 1024; // px; the helper gives a photo of this size the look of the full one
const COPY_QUALITY = 0.95;
const THUMB_SIDE = 360;
const SCREEN_SIDE = 4096; // px, of the helper's JPEG of a photo that the browser cannot read

export const READABLE = /^[^.].*\.(jpe?g|png|tiff?|webp)$/i; // what begins with a dot belongs to the system
const FOREIGN = /\.tiff?$/i; // browsers read no TIFF

const worker = new Worker("/page/shrink_worker.js", { type: "module" });
const asked = new Map(); // id → what to call with the worker's answer
let questions = 0;
worker.addEventListener("message", ({ data }) => {
  asked.get(data.id)(data);
  asked.delete(data.id);
});

// What is kept of a photo while it is open: { thumb, copy, width, height }.
export async function reduce(file, signal) {
  const { width, height, picture, copy } = await read(file, signal, SCREEN_SIDE, (blob) =>
    shrink(blob, THUMB_SIDE, COPY_SIDE),
  );
  return { thumb: canvasOf(picture), copy, width, height };
}

// A canvas with the photo, scaled down to this size at most.
export async function preview(file, signal, side) {
  return canvasOf((await read(file, signal, SCREEN_SIDE, (blob) => shrink(blob, side))).picture);
}

// An ImageBitmap of the photo at its own size, for the caller to close.
export function whole(file, signal) {
  return read(file, signal, 0, (blob) => createImageBitmap(blob));
}

// The result of work(blob) on a blob that the browser can read: the file, or the helper's JPEG of it.
async function read(file, signal, longSide, work) {
  if (!FOREIGN.test(file.name)) {
    const done = await work(file).catch(() => null);
    if (done) return done;
  }
  const query = { strength: 0, format: "jpeg", icc: "srgb", long_side: longSide, name: helper.label(file.name) };
  return work((await helper.file("/v1/render", { query, body: file, signal })).blob);
}

async function shrink(blob, side, copySide = 0) {
  const id = questions++;
  const answer = await new Promise((resolve) => {
    asked.set(id, resolve);
    worker.postMessage({ id, blob, side, copySide, quality: COPY_QUALITY });
  });
  if (answer.failed) throw new Error("the browser cannot read this photo");
  return answer;
}

function canvasOf(picture) {
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  picture.close();
  return canvas;
}

// A canvas with a part of a picture, without scaling.
export function cut(picture, left, top, width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  // Kept off the graphics device, which would be sent the whole photo for each small piece.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, left, top, width, height, 0, 0, width, height);
  return canvas;
}

// Frees a canvas's pixels now, and not when the collector comes by.
export function release(canvas) {
  if (canvas) canvas.width = canvas.height = 0;
}
