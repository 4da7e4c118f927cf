// The keys that work wherever the focus is, and the list of them.

import { $ } from "./dom.js";

const TEXT = "textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=file])";
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

// Whether a key is free to be a shortcut: not part of typing, of another program's shortcut or of a dialog.
export function isShortcut(event) {
  const { target, ctrlKey, metaKey, altKey, defaultPrevented } = event;
  return !(defaultPrevented || ctrlKey || metaKey || altKey || target.matches(TEXT) || document.querySelector("dialog[open]"));
}

// Calls actions[key] for a letter or a named key, and step(-1 or 1) for the left and right arrows. A slider reached with
// the keyboard keeps its arrows; after a click on one, they step through the photos.
export function listen(actions, step) {
  let isPressed = false;
  let isByMouse = false; // whether the mouse set the focus
  addEventListener("pointerdown", () => (isPressed = isByMouse = true), true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => (isPressed = false), true);
  addEventListener("focusin", () => (isByMouse = isPressed));
  addEventListener("keydown", (event) => {
    if (!isShortcut(event)) return;
    const by = event.target.matches("input[type=range]") && !isByMouse ? undefined : STEPS[event.key];
    const action = by ? () => step(by) : actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault(); // a menu would jump to the choice that begins with the letter
    if (by || !event.repeat) action();
  });
  $("keys-button").addEventListener("click", showKeys);
}

export function showKeys() {
  $("keys").showModal();
}
