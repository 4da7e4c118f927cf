// What the helper is doing: device, memory, queue; and what to do where it has gone.

import { $, megabytes } from "./dom.js";
import { json, pause } from "./helper.js";

const SECONDS = 2;

// Asks again and again while the page is seen; `first` is called with the first answer.
export async function watch(desk, first) {
  const tell = () => {
    const parts = [];
    if (desk.waiting) parts.push(`reading ${desk.waiting} photos`);
    if (desk.refused) parts.push(`${desk.refused} files left out: JPEG, PNG, TIFF and WebP are read`);
    $("intake").textContent = parts.join("; ");
  };
  desk.addEventListener("photos", tell);
  desk.addEventListener("photo", tell);
  for (let isFirst = true; ; await pause(1000 * SECONDS)) {
    if (document.hidden) continue;
    try {
      const info = await json("GET", "/v1/info");
      show(info);
      if (isFirst) first(info);
      isFirst = false;
      $("trouble").hidden = true;
    } catch (error) {
      const sentence = error.sentence ?? error.message;
      if ($("trouble").textContent !== sentence) $("trouble").textContent = sentence; // said once
      $("trouble").hidden = false;
      if (error.code === "unauthorized") return;
    }
  }
}

function show({ device, device_reason, memory, queue, version }) {
  $("device").textContent = device === "cuda" ? "GPU" : "CPU";
  $("device").title = device_reason ?? "";
  const { resident_bytes: resident, device_bytes: all, device_free_bytes: free } = memory;
  $("memory").textContent = all
    ? `${megabytes(resident)}, GPU ${megabytes(all - free)} of ${megabytes(all)}`
    : megabytes(resident);
  $("queue").textContent = queue.running || queue.waiting ? `${queue.running} in work, ${queue.waiting} waiting` : "idle";
  $("version").textContent = version;
}
