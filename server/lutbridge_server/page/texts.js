// The page's sentences in the user's language. English stands where it is used; german.js has the same in German.

import { GERMAN, REFUSED } from "./german.js";

export const language = navigator.language.startsWith("de") ? "de" : "en";
const SEEN = ["title", "aria-label"]; // attributes that a person reads or hears

// A sentence, its {names} filled in from `facts`.
export function say(sentence, facts = {}) {
  const text = (language === "de" && GERMAN[sentence]) || sentence;
  return text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
}

// The first sentence where {count} is one, else the second.
export const plural = (count, one, many, facts = {}) => say(count === 1 ? one : many, { count, ...facts });

export const percent = (share, digits = 0) => `${decimal(100 * share, digits)} %`;

export const decimal = (number, digits) =>
  number.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });

export const megabytes = (bytes) => `${Math.round(bytes / 2 ** 20).toLocaleString(language)} MB`;

// What the helper refused, as a sentence: in German by its code, with the helper's own words where these are English.
export function refusal(code, message, hint) {
  const own = [message, hint].filter(Boolean).map((part) => say(part)).join("; ");
  const isKnown = language === "en" || GERMAN[message];
  const text = isKnown ? own : `${REFUSED[code] ?? REFUSED.other} (${own})`;
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

// Puts what stands in the document into the user's language.
export function translate(root) {
  document.documentElement.lang = language;
  if (language === "en") return;
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data } = texts.currentNode;
    const words = data.replace(/\s+/g, " ").trim();
    if (GERMAN[words]) texts.currentNode.data = data.replace(data.trim(), GERMAN[words]);
  }
  for (const name of SEEN) {
    for (const element of root.querySelectorAll(`[${name}]`)) element.setAttribute(name, say(element.getAttribute(name)));
  }
}
