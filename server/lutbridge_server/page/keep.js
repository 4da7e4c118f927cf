// Keeps the photos that are open in the browser's own storage, so that they are still there after a reload. What a tab
// keeps is its own, and goes when it is closed: at the latest a minute after the page is opened the next time.

import { $ } from "./dom.js";
import { plural } from "./texts.js";

const MOST = 2 ** 30; // bytes of a tab's photos; they are copied on the disk, and the others have to be added again
const SWEEP = 60_000; // ms: by then, tabs that the browser brings back after its own restart have said that they live
const PATIENCE = 1000; // ms for the lock of the page that was just left
const NAME = "lutbridge photos ";

// Brings back what this tab had, and keeps what is opened from now on. Where the browser keeps nothing, as in some
// private windows, a reload begins anew.
export async function keep(openPhotos) {
  try {
    const [store, tab] = [await open(), await tabOf()];
    const kept = await rows(store, tab);
    openPhotos.restore(kept.map(({ value }) => value));
    tellLost(openPhotos);
    follow(openPhotos, store, tab, kept);
    setTimeout(() => sweep(store), SWEEP);
  } catch (error) {
    console.warn("photos are not kept for a reload:", error.message);
  }
}

// One name for a tab, through its reloads. A tab that was duplicated has the other one's name, which is taken.
async function tabOf() {
  const before = sessionStorage.getItem("tab");
  if (before && (await hold(before))) return before;
  const tab = crypto.randomUUID();
  sessionStorage.setItem("tab", tab);
  sessionStorage.removeItem("lost");
  await hold(tab);
  return tab;
}

// Whether this page now holds the lock that says that its tab lives, as long as it does.
function hold(tab) {
  return new Promise((resolve) => {
    const held = () => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks.request(NAME + tab, { signal: AbortSignal.timeout(PATIENCE) }, held).catch(() => resolve(false));
  });
}

function follow(openPhotos, store, tab, kept) {
  const at = new Map(kept.map(({ key, value }) => [value.key, { row: key, size: value.file.size }]));
  let bytes = kept.reduce((sum, { value }) => sum + value.file.size, 0);
  let next = Math.max(-1, ...kept.map(({ key }) => key[1])) + 1;
  openPhotos.addEventListener("photos", () => {
    for (const { file, key } of openPhotos.photos) {
      if (at.has(key)) continue;
      const row = [tab, next++];
      const size = bytes + file.size <= MOST ? file.size : 0;
      at.set(key, { row, size });
      bytes += size;
      if (size < file.size) lose(file.name);
      else save(store, row, { file, key }).catch(() => lose(file.name)); // the disk may be full
    }
  });
  openPhotos.addEventListener("gone", ({ detail: photo }) => {
    const { row, size } = at.get(photo.key);
    bytes -= size;
    write(store).delete(row);
    at.delete(photo.key);
    forgetLost(photo.name);
  });
}

// The names of photos that are not kept, for the page after the next reload.
const lost = () => JSON.parse(sessionStorage.getItem("lost") ?? "[]");
const remember = (names) => sessionStorage.setItem("lost", JSON.stringify(names));
const lose = (name) => remember([...lost(), name]);
const forgetLost = (name) => remember(lost().filter((other) => other !== name));

function tellLost(openPhotos) {
  const names = lost();
  if (!names.length) return;
  const some = names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
  const [one, many] = ["{count} photo was lost in the reload; add it again: {some}", "{count} photos were lost in the reload; add them again: {some}"];
  $("lost").textContent = plural(names.length, one, many, { some });
  remember([]);
  openPhotos.addEventListener("photos", () => ($("lost").textContent = ""), { once: true });
}

function open() {
  const request = indexedDB.open("lutbridge", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("photos");
  return settled(request);
}

async function save(store, row, photo) {
  await settled(write(store).put(photo, row));
}

const write = (store) => store.transaction("photos", "readwrite").objectStore("photos");

// What a tab has, in the order in which it was opened: { key, value } each.
async function rows(store, tab) {
  const photos = store.transaction("photos").objectStore("photos");
  const range = IDBKeyRange.bound([tab], [tab, []]);
  const [keys, values] = await Promise.all([settled(photos.getAllKeys(range)), settled(photos.getAll(range))]);
  return keys.map((key, index) => ({ key, value: values[index] }));
}

// Removes what belongs to tabs that live no more.
async function sweep(store) {
  const { held, pending } = await navigator.locks.query();
  const living = new Set([...held, ...pending].map(({ name }) => name));
  const photos = write(store);
  for (const key of await settled(photos.getAllKeys())) if (!living.has(NAME + key[0])) photos.delete(key);
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
