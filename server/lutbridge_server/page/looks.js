// The looks that photos are seen in: { background, person, mask, notices }. LUTs and masks are those of cube.js and
// mask.js. A model that does not separate people has a single LUT for the whole photo, `background`.

import { between, parseCube } from "./cube.js";
import * as helper from "./helper.js";
import { Lane } from "./lane.js";
import { readMask } from "./mask.js";
import { Recent } from "./recent.js";

export const STAGE_SIZE = 33; // grid size of the photo that is looked at: 0.4 MB
export const SHEET_SIZE = 17; // of one among hundreds: 60 kB
const MASK_SIDE = { [STAGE_SIZE]: 1024, [SHEET_SIZE]: 256 }; // px: at most 1 MB, and 64 kB
const KEPT = { [STAGE_SIZE]: 16, [SHEET_SIZE]: 600 };
const AT_ONCE = 2; // one is computed while the next is on its way

const lane = new Lane(AT_ONCE);
const known = Object.fromEntries(Object.entries(KEPT).map(([size, most]) => [size, new Recent(most)]));
const withMask = new Set(); // names of models that separate people

// Tells which models there are, as /v1/info lists them.
export function knowModels(models) {
  for (const { name, has_mask: hasMask } of models) if (hasMask) withMask.add(name);
}

export const hasMask = (model) => withMask.has(model);

// The look of a photo that was read, found for it alone; a promise, the same one for the same question.
export function ownLook(photo, model, size, urgent = false) {
  const key = `${photo.key} ${model}`;
  const kept = known[size].get(key);
  if (kept) return kept;
  const { signal } = photo.end;
  const look = lane.run(() => fetchLook(photo, model, { model, size }), { signal, urgent });
  look.catch(() => known[size].delete(key));
  return known[size].set(key, look);
}

// The look that a query names; of `model`.
export async function fetchLook(photo, model, query) {
  if (!hasMask(model)) {
    const { lut, notices } = await fetchLut(photo, query);
    return { background: lut, person: null, mask: null, notices };
  }
  const { size, ...look } = query;
  const [background, person, mask] = await Promise.all([
    fetchLut(photo, { ...query, view: "background" }),
    fetchLut(photo, { ...query, view: "person" }),
    helper.file("/v1/mask", { query: look, body: photo.copy, signal: photo.end.signal }),
  ]);
  const read = await readMask(mask.blob, MASK_SIDE[size]);
  return { background: background.lut, person: person.lut, mask: read, notices: background.notices };
}

async function fetchLut(photo, query) {
  const { signal } = photo.end;
  const name = helper.label(photo.name);
  const { blob, facts } = await helper.file("/v1/lut", { query: { ...query, name }, body: photo.copy, signal });
  return { lut: parseCube(await blob.text()), notices: facts.notices ?? [] };
}

// The look a share of the way from one to another of the same photo and model.
export function lookBetween(from, to, share) {
  const person = from.person && between(from.person, to.person, share);
  return { ...from, background: between(from.background, to.background, share), person };
}

export function forgetLooks(photo) {
  for (const looks of Object.values(known)) looks.deleteWhere((key) => key.startsWith(`${photo.key} `));
}
