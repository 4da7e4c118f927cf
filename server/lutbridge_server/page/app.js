// Puts the page together.

import { OpenPhotos } from "./open_photos.js";
import { Dials } from "./dials.js";
import { $, announce, fillSelect, segments, slider } from "./dom.js";
import { Filmstrip } from "./filmstrip.js";
import { Groups } from "./groups.js";
import { takeIn } from "./intake.js";
import { keep } from "./keep.js";
import { listen, showKeys } from "./keys.js";
import { forgetLooks, hasMask, knowModels } from "./looks.js";
import { painter } from "./painter.js";
import { PhotoView } from "./photo_view.js";
import { Removal } from "./removal.js";
import { Save } from "./save.js";
import { Session } from "./session.js";
import { Sheet } from "./sheet.js";
import { Shoot } from "./shoot.js";
import { watch } from "./status.js";
import { plural, say, translate } from "./texts.js";

const LUT_FORMATS = { cube: ".cube", xmp: say("Lightroom profile (.xmp)"), hald: "HaldCLUT (.png)" };
const IMAGE_FORMATS = { same: say("same format"), jpeg: "JPEG", png: "PNG", tiff: "TIFF" };

translate(document.body);
const openPhotos = new OpenPhotos();
const groups = new Groups(openPhotos);
const shoot = new Shoot(groups);
const photoView = new PhotoView(openPhotos, shoot);
const sheet = new Sheet(openPhotos, shoot, groups, openLarge);
new Filmstrip(openPhotos, shoot);
new Save(openPhotos, shoot, groups);
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
  fillSelect($("reference"), [["", say("each other")], ...photos]);
}

// The models that the chosen one can be compared with.
function offerRivals() {
  const rivals = models.filter((name) => name !== openPhotos.settings.model).map((name) => [name, name]);
  fillSelect($("against"), [["", say("the original")], ...rivals]);
  $("against-field").hidden = !rivals.length;
  openPhotos.set("against", $("against").value);
}

// What can be done with the photos that there are, and how they match.
function heedShoot() {
  const photos = openPhotos.readable;
  const { doing, isCurrent } = shoot;
  const isGoingOn = shoot.end !== null;
  const isMatched = shoot.takes.size > 0;
  const sentence = photos.length < 2 && openPhotos.waiting ? say("Reading the photos…") : shoot.describe(photos);
  const count = groups.list.length;
  const next = isMatched ? say("Match again") : count > 1 ? say("Match each group") : say("Match the shoot");
  $("match").textContent = doing === "match" ? say("Cancel") : next;
  $("match").disabled = doing === "find" || (!isGoingOn && photos.length < 2);
  $("match").classList.toggle("main", !isGoingOn && !isCurrent); // the next thing to do
  $("find-groups").textContent = doing === "find" ? say("Cancel") : say("Find groups");
  $("find-groups").disabled = doing === "match" || (!isGoingOn && photos.length < 2);
  $("one-group").disabled = isGoingOn || count < 2;
  $("shoot-state").textContent = sentence;
  $("consistency").disabled = !isMatched;
  $("save-shared").textContent = plural(count, "Save one LUT for the whole shoot", "Save one LUT for each of {count} groups");
  $("save-shared").disabled = isGoingOn || !isCurrent;
  const isOld = isMatched && $("save-shared").disabled;
  $("save-shared").title = isOld ? say("Match again first: the photos or groups have changed") : "";
  if (isMatching && !isGoingOn) announce(sentence);
  isMatching = isGoingOn;
}

function match() {
  if (shoot.end) return shoot.cancel();
  const reference = openPhotos.photos.find((photo) => photo.key === $("reference").value);
  shoot.match(openPhotos.settings.model, reference);
}

async function findGroups() {
  if (shoot.end) return shoot.cancel();
  await shoot.find(openPhotos.settings.model);
}

// Each key does what its button does in the view that is seen.
function listenToKeys() {
  const inPhoto = (work) => () => view === "photo" && openPhotos.selected && work(openPhotos.selected);
  const inShoot = (work) => () => view === "shoot" && work();
  const toggleTick = (photo) => photo && openPhotos.tick([photo], !photo.isTicked);
  const step = (by) => {
    if (view === "shoot") return sheet.enter();
    const next = openPhotos.photos[openPhotos.photos.indexOf(openPhotos.selected) + by];
    if (next) openPhotos.select(next);
  };
  listen({
    "?": showKeys,
    l: inPhoto(() => photoView.toggleLoupe()),
    z: inPhoto((photo) => photo.isRead && photoView.zoom.next()),
    c: inPhoto(() => photoView.overlays.toggleClipping()),
    m: inPhoto(() => photoView.overlays.toggleMask()),
    y: inPhoto(() => photoView.toggleBeside()),
    t: () => toggleTick(view === "photo" ? openPhotos.selected : document.activeElement.closest("#sheet > li")?.photo),
    n: inShoot(() => sheet.regroup.move(groups.list.length)),
    ...Object.fromEntries(Array.from({ length: 9 }, (_, index) => [index + 1, inShoot(() => sheet.regroup.move(index))])),
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
  const session = new Session(openPhotos, groups);
  session.begin();
  keep(openPhotos).then(() => session.resume());
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
for (const source of [shoot, groups]) for (const type of ["progress", "change"]) source.addEventListener(type, heedShoot);
segments([...document.querySelectorAll("button[data-view]")], "view", (chosen) => {
  view = chosen;
  arrange();
});
slider("consistency", (share) => openPhotos.set("consistency", share));
for (const id of ["model", "against", "look"]) $(id).addEventListener("change", () => openPhotos.set(id, $(id).value));
$("match").addEventListener("click", match);
$("find-groups").addEventListener("click", findGroups);
$("one-group").addEventListener("click", () => groups.arrange([groups.list.flat()]));
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
