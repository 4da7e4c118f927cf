// The helper's state: device, memory, queue; and what to do if it is gone.

import { $, counted, megabytes } from "./dom.js";
import { json, pause } from "./helper.js";

const SECONDS = 2;

// Asks again and again while the page is seen; `greet` is called with the first answer of each helper that comes. What
// failed while the helper was away is asked for again when it is back.
export async function watch(openPhotos, greet) {
  const tell = () => {
    const parts = [];
    if (openPhotos.waiting) parts.push(`reading ${counted(openPhotos.waiting, "photo")}`);
    if (openPhotos.refused) parts.push(`${counted(openPhotos.refused, "file")} left out: JPEG, PNG, TIFF and WebP are read`);
    const { leftOut, again } = openPhotos.results;
    if (leftOut) parts.push(`${counted(leftOut, "photo")} left out, as lutbridge made them: open them by name to retouch again`);
    if (again) parts.push(`${counted(again, "photo")} retouched before, by lutbridge`);
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
  const memories = [`memory ${megabytes(resident)}`];
  if (all) memories.push(`GPU ${megabytes(all - free)} of ${megabytes(all)}`);
  $("memory").textContent = memories.join(", ");
  $("queue").textContent = queue.running || queue.waiting ? `${queue.running} running, ${queue.waiting} waiting` : "idle";
  $("version").textContent = version;
}

function showNothing() {
  for (const id of ["memory", "queue", "version"]) $(id).textContent = "";
  $("device").textContent = "no helper";
  $("device").title = "";
}
