// 3D LUTs: a .cube's text to a table, and colours through it.

// The identity has no table; a LUT is { size, table }: Float32Array of size³ × 3, red fastest, sRGB in and out.

export function parseCube(text) {
  let size = 0;
  let table = null;
  let at = 0;
  for (const line of text.split("\n")) {
    const first = line.charCodeAt(0);
    if ((first >= 48 && first <= 57) || first === 45 || first === 46) {
      for (const number of line.trim().split(/\s+/)) table[at++] = Number(number);
    } else if (line.startsWith("LUT_3D_SIZE")) {
      size = Number(line.split(/\s+/)[1]);
      table = new Float32Array(3 * size ** 3);
    }
  }
  if (!table || at !== table.length || table.some(Number.isNaN)) throw new Error("this is not a whole .cube file");
  return { size, table };
}

// The LUT a share of the way from one to another of the same size. Looks are linear in their weights, so this is
// what the helper makes of weights that lie between theirs.
export function between(from, to, share) {
  if (share === 0) return from;
  if (share === 1) return to;
  const table = from.table.map((value, index) => value + share * (to.table[index] - value));
  return { size: from.size, table };
}

// Writes RGBA codes through a LUT into `out`, which has as many numbers: tetrahedral lookup, as `gl.js` has it.
export function applyLut(codes, { size, table }, out) {
  const scale = (size - 1) / 255;
  const steps = [3, 3 * size, 3 * size * size];
  for (let at = 0; at < codes.length; at += 4) {
    const r = codes[at] * scale;
    const g = codes[at + 1] * scale;
    const b = codes[at + 2] * scale;
    const r0 = Math.min(Math.floor(r), size - 2);
    const g0 = Math.min(Math.floor(g), size - 2);
    const b0 = Math.min(Math.floor(b), size - 2);
    const fr = r - r0;
    const fg = g - g0;
    const fb = b - b0;
    const most = Math.max(fr, fg, fb);
    const least = Math.min(fr, fg, fb);
    const middle = fr + fg + fb - most - least;
    const first = fr === most ? 0 : fg === most ? 1 : 2;
    const last = fb === least ? 2 : fg === least ? 1 : 0;
    const base = r0 * steps[0] + g0 * steps[1] + b0 * steps[2];
    const end = base + steps[0] + steps[1] + steps[2];
    const one = base + steps[first];
    const two = end - steps[last];
    for (let channel = 0; channel < 3; channel++) {
      const value =
        (1 - most) * table[base + channel] +
        (most - middle) * table[one + channel] +
        (middle - least) * table[two + channel] +
        least * table[end + channel];
      out[at + channel] = 255 * value;
    }
    out[at + 3] = codes[at + 3];
  }
}
