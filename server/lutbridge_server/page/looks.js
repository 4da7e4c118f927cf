// The LUTs that photos are seen through.

import { parseCube } from "./cube.js";
import * as helper from "./helper.js";
import { Lane } from "./lane.js";
import { Recent } from "./recent.js";

export const STAGE_SIZE = 33; // grid size of the photo that is looked at: 0.4 MB
export const SHEET_SIZE = 17; // of one among hundreds: 60 kB
const KEPT = { [STAGE_SIZE]: 16, [SHEET_SIZE]: 600 };
const AT_ONCE = 2; // one is computed while the next is on its way

const lane = new Lane(AT_ONCE);
const known = Object.fromEntries(Object.entries(KEPT).map(([size, most]) => [size, new Recent(most)]));

// The LUT of a photo that was read, found for it alone; a promise, the same one for the same question.
export function ownLut(photo, model, size, urgent = false) {
  const key = `${photo.key} ${model}`;
  const kept = known[size].get(key);
  if (kept) return kept;
  const { signal } = photo.end;
  const lut = lane.run(() => fetchLut(photo, { model, size }), { signal, urgent });
  lut.catch(() => known[size].delete(key));
  return known[size].set(key, lut);
}

export async function fetchLut(photo, query) {
  const { signal } = photo.end;
  const name = helper.label(photo.name);
  const response = await helper.ask("POST", "/v1/lut", { query: { ...query, name }, body: photo.copy, signal });
  return parseCube(await response.text());
}

export function forgetLuts(photo) {
  for (const luts of Object.values(known)) luts.deleteWhere((key) => key.startsWith(`${photo.key} `));
}
