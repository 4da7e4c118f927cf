// Paints photos on canvases: through a LUT or from a full render, at any strength, with a clipping warning.

import { applyLut } from "./cube.js";
import { GlPainter } from "./gl.js";

const GL_SIDE = 2560; // px, the long side of a photo on the largest screens
const PLAIN_SIDE = 1024; // px, where the processor does it: 0.7 megapixels follow a slider

// The same without WebGL2.
class PlainPainter {
  isLost = false;

  forget() {}

  paint(target, photo, { lut, rendered, strength, showsClipping }) {
    const { width, height } = photo;
    const pixels = pixelsOf(photo);
    const codes = pixels.data;
    if (rendered) {
      const after = pixelsOf(rendered).data;
      for (let at = 0; at < codes.length; at++) codes[at] += strength * (after[at] - codes[at]);
    } else if (lut) {
      applyLut(codes, lut, strength, codes);
    }
    if (showsClipping) markClipping(codes);
    target.width = width;
    target.height = height;
    target.getContext("2d").putImageData(pixels, 0, 0);
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
  //   lut: of cube.js, or null
  //   rendered: a canvas of the photo's size with the full render, or null; goes before the LUT
  //   strength: 0 is the photo, 1 the full result, x + strength · (f(x) − x) between
  //   showsClipping: paints red where a channel is at its upper end, blue where one is at its lower
  paint(target, photo, { lut = null, rendered = null, strength = 1, showsClipping = false }) {
    if (this.way.isLost) this.way = new PlainPainter(); // the driver was restarted, or the device went away
    this.way.paint(target, photo, { lut, rendered, strength, showsClipping });
  }

  // Frees what is kept for a canvas that is painted no more.
  forget(picture) {
    this.way.forget(picture);
  }
}

export const painter = new Painter();
