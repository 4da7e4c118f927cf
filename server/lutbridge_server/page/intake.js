// Files and folders, dropped or chosen.

import { $, announce } from "./dom.js";

// Calls `add` with the files that come in.
export function takeIn(add) {
  const whole = document.documentElement;
  for (const id of ["files", "folder"]) {
    $(id).addEventListener("change", () => {
      add(inOrder([...$(id).files], (file) => file.webkitRelativePath));
      $(id).value = ""; // or the same choice would be no change
    });
  }
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
      add([...loose, ...(await Promise.all(entries.map(filesOf))).flat()]);
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

// Sorted as people count, DSC_9 before DSC_10; files that were not in a folder stay as they were chosen.
function inOrder(list, name) {
  return list.sort((a, b) => name(a).localeCompare(name(b), undefined, { numeric: true }));
}
