// The histogram of the visible result, from pixels spread over the photo, and the share that is clipped.

import { $, percent } from "./dom.js";
import { shareAt } from "./mask.js";
import { retouch } from "./painter.js";

const PIXELS = 2 ** 16; // of the photo; a share of 0.1 % is still 66 of them
const SEEN_WHOLE = 0.98; // share of the bins that the histogram is high enough for
const CLIPPING = 0.001; // share of newly clipped pixels that is worth a warning
const ENDS = [["high", "highlights"], ["low", "shadows"]];
const LINES = ["#e05a5a", "#4fae5f", "#5b8def"];

// RGBA codes of pixels spread evenly over a canvas.
export function sampleOf(canvas) {
  const all = new Uint32Array(
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer,
  );
  const count = Math.min(PIXELS, all.length);
  const picked = new Uint32Array(count);
  for (let i = 0; i < count; i++) picked[i] = all[Math.floor(((i + 0.5) * all.length) / count)];
  return new Uint8ClampedArray(picked.buffer);
}

// The sample of a painted canvas (see painter.js); `rendered` is the full render's own sample.
export function retouched(sample, { width, height }, { look, rendered, dials }) {
  const out = new Uint8ClampedArray(sample);
  const count = out.length / 4;
  const share = (n) => {
    if (!look?.mask) return 0;
    const at = Math.floor(((n + 0.5) * width * height) / count);
    return shareAt(look.mask, ((at % width) + 0.5) / width, (Math.floor(at / width) + 0.5) / height);
  };
  retouch(out, { look, rendered, dials }, share);
  return out;
}

// { bins: three of 256 counts, high, low }: shares of the pixels with a channel at either end.
function measure(codes) {
  const bins = LINES.map(() => new Uint32Array(256));
  let high = 0;
  let low = 0;
  for (let at = 0; at < codes.length; at += 4) {
    let most = 0;
    let least = 255;
    for (let channel = 0; channel < 3; channel++) {
      const code = codes[at + channel];
      bins[channel][code]++;
      most = Math.max(most, code);
      least = Math.min(least, code);
    }
    if (most === 255) high++;
    if (least === 0) low++;
  }
  return { bins, high: (4 * high) / codes.length, low: (4 * low) / codes.length };
}

// Shows what samples before and after the retouch hold.
export function show(...samples) {
  const [before, after] = samples.map(measure);
  draw($("histogram"), before, after);
  for (const [end, name] of ENDS) {
    const share = `${percent(after[end], 1)} (was ${percent(before[end], 1)})`;
    $(`clipped-${end}`).textContent = `Clipped ${name} ${share}`;
    $(`clipped-${end}`).classList.toggle("mark", after[end] - before[end] > CLIPPING);
  }
}

// Where there is no photo to count.
export function clear() {
  const { width, height } = $("histogram");
  $("histogram").getContext("2d").clearRect(0, 0, width, height);
  for (const [end] of ENDS) $(`clipped-${end}`).textContent = "";
}

// Draws the histogram of `after`, with an outline of `before`.
function draw(canvas, before, after) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  // The few highest bins, mostly black or white, would flatten the rest: they stick out.
  const counts = after.bins.flatMap((bin) => [...bin]).sort((a, b) => a - b);
  const top = Math.max(1, 1.2 * counts[Math.floor(SEEN_WHOLE * counts.length)]);
  const y = (count) => height - 1 - (height - 3) * Math.min(1, count / top);
  context.clearRect(0, 0, width, height);
  const trace = (counts) => {
    context.beginPath();
    for (let code = 0; code < 256; code++) context.lineTo((code / 255) * width, y(counts[code]));
  };
  context.lineWidth = 2;
  after.bins.forEach((counts, channel) => {
    trace(counts);
    context.strokeStyle = LINES[channel];
    context.stroke();
    context.lineTo(width, height);
    context.lineTo(0, height);
    context.globalAlpha = 0.22;
    context.fillStyle = LINES[channel];
    context.fill();
    context.globalAlpha = 1;
  });
  context.lineWidth = 1.5;
  context.setLineDash([4, 4]);
  context.strokeStyle = getComputedStyle(canvas).color;
  trace(before.bins[1]);
  context.stroke();
  context.setLineDash([]);
}
