// Paints photos on canvases: through a LUT or from a full render, at any strength, with a clipping warning.

import { applyLut } from "./cube.js";
import { GlPainter } from "./gl.js";
import { shareAt } from "./mask.js";

const GL_SIDE = 2560; // px, the long side of a photo on the largest screens
const PLAIN_SIDE = 1024; // px, without a GPU: 0.7 megapixels can follow a slider
const FULL = { person: 1, background: 1 };
const WHOLE = { left: 0, top: 0, width: 1, height: 1 };

// The same without WebGL2.
class PlainPainter {
  isLost = false;

  forget() {}

  paint(target, photo, { look, rendered, dials, showsClipping, showsMask, area }) {
    const { width, height } = photo;
    const pixels = pixelsOf(photo);
    const codes = pixels.data;
    const { left, top, width: across, height: down } = area;
    const place = (at) => [
      left + (across * ((at % width) + 0.5)) / width,
      top + (down * (Math.floor(at / width) + 0.5)) / height,
    ];
    const share = look?.mask ? (at) => shareAt(look.mask, ...place(at)) : () => 0;
    retouch(codes, { look, rendered: rendered && pixelsOf(rendered).data, dials }, share);
    if (showsClipping) markClipping(codes);
    if (showsMask && look?.mask) markPerson(codes, share);
    target.width = width;
    target.height = height;
    target.getContext("2d").putImageData(pixels, 0, 0);
  }
}

// Retouches RGBA codes in place; `share(n)` is the mask's share at the pixel `n`.
export function retouch(codes, { look, rendered, dials }, share) {
  if (!look && !rendered) return;
  const before = codes.slice();
  const through = (lut) => {
    const out = new Float32Array(before.length); // not rounded before it is mixed
    applyLut(before, lut, out);
    return out;
  };
  const below = rendered ?? through(look.background);
  const above = rendered ?? (look.person ? through(look.person) : below);
  for (let at = 0; at < codes.length; at += 4) {
    const person = share(at / 4);
    const strength = dials.background + person * (dials.person - dials.background);
    for (let channel = at; channel < at + 3; channel++) {
      const after = below[channel] + person * (above[channel] - below[channel]);
      codes[channel] = before[channel] + strength * (after - before[channel]);
    }
  }
}

function markPerson(codes, share) {
  for (let at = 0; at < codes.length; at += 4) {
    const tint = 0.55 * share(at / 4);
    for (const [channel, code] of [255, 40, 40].entries()) codes[at + channel] += tint * (code - codes[at + channel]);
  }
}

function pixelsOf(picture) {
  return picture.getContext("2d").getImageData(0, 0, picture.width, picture.height);
}

function markClipping(codes) {
  for (let at = 0; at < codes.length; at += 4) {
    const most = Math.max(codes[at], codes[at + 1], codes[at + 2]);
    const least = Math.min(codes[at], codes[at + 1], codes[at + 2]);
    if (most === 255) codes.set([255, 0, 0], at);
    else if (least === 0) codes.set([0, 51, 255], at);
  }
}

class Painter {
  constructor() {
    try {
      this.way = new GlPainter();
    } catch {
      this.way = new PlainPainter();
    }
  }

  // Whether the graphics device does it.
  get isFast() {
    return this.way instanceof GlPainter;
  }

  // The long side, in px, of photos that it paints while a slider moves.
  get side() {
    const seen = Math.ceil(devicePixelRatio * Math.max(screen.width, screen.height));
    return Math.min(seen, this.isFast ? Math.min(GL_SIDE, this.way.largest) : PLAIN_SIDE);
  }

  // Paints `photo`, a canvas, on the canvas `target`, which takes its size.
  //   look: of looks.js, or null
  //   rendered: a canvas of the photo's size with the full render, or null; goes before the look's LUTs
  //   dials: { person, background }, strengths: 0 is the photo, 1 the full result, x + strength · (f(x) − x) between;
  //     a look without a mask is all background
  //   showsClipping: paints red where a channel is at its upper end, blue where one is at its lower
  //   showsMask: lays red over the person
  //   area: where on the photo what is painted lies, { left, top, width, height } in shares of it
  paint(target, photo, asked = {}) {
    const how = { look: null, rendered: null, dials: FULL, showsClipping: false, showsMask: false, area: WHOLE, ...asked };
    if (this.way.isLost) this.way = new PlainPainter(); // the driver was restarted, or the device went away
    this.way.paint(target, photo, how);
  }

  // Frees the resources of a canvas that is no longer painted.
  forget(picture) {
    this.way.forget(picture);
  }
}

export const painter = new Painter();
