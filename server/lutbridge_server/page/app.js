// Puts the page together.

import { OpenPhotos } from "./open_photos.js";
import { Dials } from "./dials.js";
import { $, announce, fillSelect, segments, slider } from "./dom.js";
import { Filmstrip } from "./filmstrip.js";
import { takeIn } from "./intake.js";
import { keep } from "./keep.js";
import { listen, showKeys } from "./keys.js";
import { forgetLooks, hasMask, knowModels } from "./looks.js";
import { painter } from "./painter.js";
import { PhotoView } from "./photo_view.js";
import { Removal } from "./removal.js";
import { Save } from "./save.js";
import { Sheet } from "./sheet.js";
import { Shoot } from "./shoot.js";
import { watch } from "./status.js";

const LUT_FORMATS = { cube: ".cube", xmp: "Lightroom profile (.xmp)", hald: "HaldCLUT (.png)" };
const IMAGE_FORMATS = { same: "same format", jpeg: "JPEG", png: "PNG", tiff: "TIFF" };

const openPhotos = new OpenPhotos();
const shoot = new Shoot();
const photoView = new PhotoView(openPhotos, shoot);
const sheet = new Sheet(openPhotos, shoot, openLarge);
new Filmstrip(openPhotos, shoot);
new Save(openPhotos, shoot);
const dials = new Dials(openPhotos);
const removal = new Removal(openPhotos);
let view = "photo";
let models = [];
let isMatching = false;
let hasBegun = false;

function openLarge(photo) {
  if (shoot.takes.has(photo)) {
    $("look").value = "shoot";
    openPhotos.set("look", "shoot");
  }
  openPhotos.select(photo);
  document.querySelector("[data-view=photo]").click();
  $("split").focus();
}

function arrange() {
  const isEmpty = !openPhotos.photos.length;
  $("empty").hidden = !isEmpty;
  $("panel").hidden = isEmpty;
  $("photo-view").hidden = isEmpty || view !== "photo";
  $("filmstrip").hidden = isEmpty || view !== "photo";
  $("shoot-view").hidden = isEmpty || view !== "shoot";
  for (const part of document.querySelectorAll("[data-for]")) {
    part.classList.toggle("elsewhere", part.dataset.for !== view);
  }
  photoView.paint();
  sheet.renew();
}

function offerReferences() {
  const photos = openPhotos.photos.map((photo) => [photo.key, photo.name]);
  fillSelect($("reference"), [["", "each other"], ...photos]);
}

// The models that the chosen one can be compared with.
function offerRivals() {
  const rivals = models.filter((name) => name !== openPhotos.settings.model).map((name) => [name, name]);
  fillSelect($("against"), [["", "the original"], ...rivals]);
  $("against-field").hidden = !rivals.length;
  openPhotos.set("against", $("against").value);
}

// What can be done with the photos that there are, and how they match.
function heedShoot() {
  const photos = openPhotos.readable;
  const isGoingOn = shoot.end !== null;
  const isMatched = shoot.takes.size > 0;
  const sentence = shoot.describe(photos);
  $("match").textContent = isGoingOn ? "Cancel" : isMatched ? "Match again" : "Match the shoot";
  $("match").disabled = !isGoingOn && photos.length < 2;
  $("match").classList.toggle("main", !isGoingOn && !shoot.isOf(photos)); // the next thing to do
  $("shoot-state").textContent = sentence;
  $("consistency").disabled = !isMatched;
  $("save-shared").disabled = isGoingOn || !shoot.isOf(photos);
  $("save-shared").title = isMatched && $("save-shared").disabled ? "Match again first: photos came or went" : "";
  if (isMatching && !isGoingOn) announce(sentence);
  isMatching = isGoingOn;
}

function match() {
  if (shoot.end) return shoot.cancel();
  const reference = openPhotos.photos.find((photo) => photo.key === $("reference").value);
  shoot.match(openPhotos.readable, openPhotos.settings.model, reference);
}

// Each key does what its button does in the view that is seen.
function listenToKeys() {
  const inPhoto = (work) => () => view === "photo" && openPhotos.selected && work(openPhotos.selected);
  const step = (by) => inPhoto((photo) => {
    const next = openPhotos.photos[openPhotos.photos.indexOf(photo) + by];
    if (next) openPhotos.select(next);
  })();
  listen({
    "?": showKeys,
    l: inPhoto(() => photoView.toggleLoupe()),
    z: inPhoto((photo) => photo.isRead && photoView.zoom.next()),
    c: inPhoto(() => photoView.toggleClipping()),
    m: inPhoto(() => photoView.toggleMask()),
    t: inPhoto((photo) => openPhotos.tick([photo], !photo.isTicked)),
    delete: inPhoto(() => removal.removeSelected()),
  }, step);
}

// Offers the helper's features: of the first one, or of a restarted one that does not know the shoot.
function greet(info) {
  models = info.models.map(({ name }) => name);
  knowModels(info.models);
  fillSelect($("model"), models.map((name) => [name, name]));
  fillSelect($("lut-format"), info.lut_formats.map(({ format, extension }) => [
    format, LUT_FORMATS[format] ?? extension,
  ]));
  fillSelect($("image-format"), ["same", ...info.image_formats].map((format) => [format, IMAGE_FORMATS[format] ?? format]));
  if (hasBegun) {
    shoot.forget();
    openPhotos.set("model", $("model").value);
    return;
  }
  hasBegun = true;
  $("model").value = info.default_model;
  openPhotos.set("model", info.default_model);
  takeIn((files, results) => openPhotos.add(files, results));
  keep(openPhotos);
  $("painter").hidden = painter.isFast;
}

openPhotos.addEventListener("gone", ({ detail: photo }) => {
  photoView.forget(photo);
  forgetLooks(photo);
  shoot.drop(photo);
});
openPhotos.addEventListener("photos", () => {
  if (!openPhotos.photos.length) shoot.forget();
  offerReferences();
  heedShoot();
  arrange();
  if (!openPhotos.photos.length) $("choose").focus();
});
openPhotos.addEventListener("photo", heedShoot);
openPhotos.addEventListener("setting", (event) => {
  if (event.detail !== "model") return;
  shoot.forget();
  offerRivals();
  dials.offer(hasMask(openPhotos.settings.model));
});
shoot.addEventListener("progress", heedShoot);
segments([...document.querySelectorAll("button[data-view]")], "view", (chosen) => {
  view = chosen;
  arrange();
});
slider("consistency", (share) => openPhotos.set("consistency", share));
for (const id of ["model", "against", "look"]) $(id).addEventListener("change", () => openPhotos.set(id, $(id).value));
$("match").addEventListener("click", match);
$("tick-all").addEventListener("click", () => openPhotos.tick(openPhotos.photos, openPhotos.photos.some((photo) => !photo.isTicked)));
listenToKeys();
$("surround").value = document.documentElement.dataset.surround = localStorage.getItem("surround") ?? "";
$("surround").addEventListener("change", () => {
  document.documentElement.dataset.surround = $("surround").value;
  localStorage.setItem("surround", $("surround").value);
});
heedShoot();
arrange();
watch(openPhotos, greet);
