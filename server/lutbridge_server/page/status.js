// The helper's state: device, memory, queue; and what to do if it is gone.

import { $ } from "./dom.js";
import { json, pause } from "./helper.js";
import { megabytes, plural, say } from "./texts.js";

const SECONDS = 2;
const REFUSED = [
  "{count} file left out: not a JPEG, PNG, TIFF or WebP",
  "{count} files left out: not JPEG, PNG, TIFF or WebP",
];
const LEFT_OUT = [
  "{count} photo left out: lutbridge has retouched it already; to retouch it again, add the photo itself",
  "{count} photos left out: lutbridge has retouched them already; to retouch them again, add the photos themselves",
];
const AGAIN = ["{count} photo was already retouched by lutbridge", "{count} photos were already retouched by lutbridge"];

// Asks again and again while the page is seen; `greet` is called with the first answer of each helper that comes. What
// failed while the helper was away is asked for again when it is back.
export async function watch(openPhotos, greet) {
  const tell = () => {
    const parts = [];
    if (openPhotos.waiting) parts.push(plural(openPhotos.waiting, "reading {count} photo", "reading {count} photos"));
    if (openPhotos.refused) parts.push(plural(openPhotos.refused, ...REFUSED));
    const { leftOut, again } = openPhotos.results;
    if (leftOut) parts.push(plural(leftOut, ...LEFT_OUT));
    if (again) parts.push(plural(again, ...AGAIN));
    $("intake").textContent = parts.join("; ");
  };
  openPhotos.addEventListener("photos", tell);
  openPhotos.addEventListener("photo", tell);
  for (let known = null; ; await pause(1000 * SECONDS)) {
    if (document.hidden) continue;
    try {
      const info = await json("GET", "/v1/info");
      show(info);
      if (info.instance !== known) {
        greet(info);
        known = info.instance;
      }
      if (!$("trouble").hidden) openPhotos.retry();
      $("trouble").hidden = true;
    } catch (error) {
      showNothing();
      const sentence = error.sentence ?? error.message;
      if ($("trouble").textContent !== sentence) $("trouble").textContent = sentence; // said once
      $("trouble").hidden = false;
    }
  }
}

function show({ device, device_reason, memory, queue, version }) {
  $("device").textContent = device === "cuda" ? "GPU" : "CPU";
  $("device").title = device_reason ?? "";
  const { resident_bytes: resident, device_bytes: all, device_free_bytes: free } = memory;
  const memories = [say("memory {amount}", { amount: megabytes(resident) })];
  if (all) memories.push(say("GPU {used} of {all}", { used: megabytes(all - free), all: megabytes(all) }));
  $("memory").textContent = memories.join(", ");
  $("queue").textContent = queue.running || queue.waiting ? say("{running} running, {waiting} waiting", queue) : say("idle");
  $("version").textContent = version;
}

function showNothing() {
  for (const id of ["memory", "queue", "version"]) $(id).textContent = "";
  $("device").textContent = say("no helper");
  $("device").title = "";
}
