// Files and folders, dropped or chosen.

import { $, announce } from "./dom.js";

const ENDS = 131072; // bytes at either end of a file, between which no program puts a photo's XMP
const MARK = "lutbridge:Software"; // in the metadata of results

// Calls `add` with the files that come in, and with how many results of ours were left out of folders. A result that
// is dropped or chosen by itself is meant.
export function takeIn(add) {
  const whole = document.documentElement;
  $("files").addEventListener("change", () => {
    add([...$("files").files], 0);
    $("files").value = ""; // or the same choice would be no change
  });
  $("folder").addEventListener("change", async () => {
    const files = inOrder([...$("folder").files], (file) => file.webkitRelativePath);
    $("folder").value = "";
    const photos = await withoutResults(files);
    add(photos, files.length - photos.length);
  });
  $("choose-folder").addEventListener("click", () => $("folder").click());
  // All of the zone is the button beside it.
  $("empty").addEventListener("click", ({ target }) => target !== $("choose-folder") && $("files").click());
  whole.addEventListener("dragover", (event) => {
    event.preventDefault();
    whole.classList.add("dropping");
  });
  whole.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) whole.classList.remove("dropping");
  });
  whole.addEventListener("drop", async (event) => {
    event.preventDefault();
    whole.classList.remove("dropping");
    // Before anything is waited for, as the list is empty afterwards.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const loose = entries.length ? [] : [...event.dataTransfer.files];
    try {
      const single = (await Promise.all(entries.filter((entry) => entry.isFile).map(filesOf))).flat();
      const walked = (await Promise.all(entries.filter((entry) => !entry.isFile).map(filesOf))).flat();
      const photos = await withoutResults(walked);
      add([...loose, ...single, ...photos], walked.length - photos.length);
    } catch {
      announce("The folder could not be read.");
    }
  });
}

// The files of a dropped entry, a folder's in the order of their names.
async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(inOrder(found, (each) => each.name).map(filesOf))).flat();
}

async function withoutResults(files) {
  const kept = [];
  for (const file of files) if (!(await isResult(file))) kept.push(file);
  return kept;
}

async function isResult(file) {
  try {
    const ends = [file.slice(0, ENDS), file.slice(Math.max(ENDS, file.size - ENDS))];
    return (await new Blob(ends).text()).includes(MARK);
  } catch {
    return false; // it fails by name when it is read
  }
}

// Sorted as people count, DSC_9 before DSC_10; files that were not in a folder stay as they were chosen.
function inOrder(list, name) {
  return list.sort((a, b) => name(a).localeCompare(name(b), undefined, { numeric: true }));
}
