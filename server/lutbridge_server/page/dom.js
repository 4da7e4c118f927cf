// The few things that every part of the page needs of the document.

export const $ = (id) => document.getElementById(id);

// A new element; `properties` are set on it, those that are no properties as attributes.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// Says something to those who do not see it happen.
export function announce(sentence) {
  $("news").textContent = sentence;
}

export function fillSelect(select, choices) {
  const before = select.value;
  select.replaceChildren(...choices.map(([value, text]) => make("option", { value, textContent: text })));
  if (choices.some(([value]) => value === before)) select.value = before;
}

// Puts the items of a list in this order, after its first `skipped` children; those in place are not moved.
export function order(list, items, skipped = 0) {
  items.forEach((item, index) => {
    const there = list.children[skipped + index];
    if (there !== item) list.insertBefore(item, there ?? null);
  });
}

export function press(button, isPressed) {
  button.setAttribute("aria-pressed", String(isPressed));
}

// A slider from 0 to 100 % with its label; calls `moved(share)` when the user moves it. Returns a setter.
export function slider(id, moved) {
  const tell = () => {
    $(`${id}-value`).textContent = percent($(id).valueAsNumber / 100);
    $(id).setAttribute("aria-valuetext", percent($(id).valueAsNumber / 100));
  };
  $(id).addEventListener("input", () => {
    tell();
    moved($(id).valueAsNumber / 100);
  });
  return (share) => {
    $(id).value = 100 * share;
    tell();
  };
}

// A group of buttons with one pressed; calls `choose` with its data attribute `key`.
export function segments(buttons, key, choose) {
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const each of buttons) press(each, each === button);
      choose(button.dataset[key]);
    });
  }
}

export const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)} %`;

// "1 take", "2 takes".
export const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

export const megabytes = (bytes) => `${Math.round(bytes / 2 ** 20).toLocaleString("en")} MB`;

// One call of `work` in the next frame, for any number of requests.
export function perFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}

// One tab stop for a list of buttons, in which the arrow keys go on; `remove` is called for the Delete key.
export function roving(list, remove) {
  const buttons = () => [...list.querySelectorAll("button")];
  const enter = (button) => {
    for (const each of buttons()) each.tabIndex = each === button ? 0 : -1;
  };
  list.addEventListener("focusin", (event) => enter(event.target));
  list.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    if (at < 0) return;
    if (event.key === "Delete") {
      event.preventDefault();
      (all[at + 1] ?? all[at - 1])?.focus();
      remove(event.target);
    } else if (event.key in to) {
      event.preventDefault();
      all[to[event.key]]?.focus();
    }
  });
}
