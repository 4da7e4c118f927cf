// Messages over the photo: what the helper says of it, or why it cannot be shown.

import { $, make } from "./dom.js";
import { say } from "./texts.js";

export class Notices {
  canRetry = false; // what failed may succeed another time
  #retry;

  constructor(retry) {
    this.#retry = retry;
  }

  show(sentences, canRetry = false) {
    $("notices").replaceChildren(...sentences.map((sentence) => this.#notice(say(sentence), canRetry)));
    this.canRetry = canRetry;
  }

  #notice(sentence, canRetry) {
    const notice = make("p", {}, sentence);
    const button = make("button", { type: "button", textContent: canRetry ? say("Try again") : say("Close") });
    button.addEventListener("click", () => {
      document.querySelector("#filmstrip [aria-current]").focus(); // the button goes
      if (canRetry) this.#retry();
      else notice.remove();
    });
    if (canRetry || !$("frame").hidden) notice.append(button); // what lies over a photo can be put away
    return notice;
  }
}
