// Files and folders, dropped or chosen.

import { $, announce } from "./dom.js";

const ENDS = 131072; // bytes at either end of a file, between which no program puts a photo's XMP
const MARK = "lutbridge:Software"; // in the metadata of results

// Calls `add` with the files that come in, and with { leftOut, again }: how many results of ours were left out of
// folders, and how many were dropped or chosen by themselves, and so are meant.
export function takeIn(add) {
  const whole = document.documentElement;
  const take = async (named, walked) => {
    const [again, results] = await Promise.all([resultsAmong(named), resultsAmong(walked)]);
    const photos = walked.filter((file) => !results.has(file));
    add([...named, ...photos], { leftOut: results.size, again: again.size });
  };
  $("files").addEventListener("change", () => {
    take([...$("files").files], []);
    $("files").value = ""; // or the same choice would be no change
  });
  $("folder").addEventListener("change", () => {
    take([], inOrder([...$("folder").files], (file) => file.webkitRelativePath));
    $("folder").value = "";
  });
  $("choose-folder").addEventListener("click", () => $("folder").click());
  // The whole zone acts as the button beside it.
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
      await take([...loose, ...single], walked);
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

async function resultsAmong(files) {
  const found = new Set();
  for (const file of files) if (await isResult(file)) found.add(file);
  return found;
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
