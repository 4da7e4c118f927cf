// The helper's HTTP contract (docs/http-contract.md), as far as the page needs it. The browser sends the cookie.

import { addressed, meet, resume } from "./acquaintance.js";
import { refusal } from "./texts.js";

const PROTOCOL = "1";
const TRIES = 60; // of a request that meets a full queue; at about two seconds each
const POLL = 300; // ms between two questions about a job
const LONGEST_NAME = 80;

export class HelperError extends Error {
  // isPassing: nothing is wrong with the request, so it may succeed later.
  constructor(code, message, hint = "", isPassing = false) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.isPassing = isPassing;
  }

  static async of(response) {
    const { code = "internal", message = `answer ${response.status}`, hint } = await response.json().catch(() => ({}));
    return new HelperError(code, message, hint, response.status >= 500 || code === "unauthorized");
  }

  get sentence() {
    return refusal(this.code, this.message, this.hint);
  }
}

// The response of a request that succeeded; a full queue is waited for. Where the helper was started anew, the page
// makes itself known to the new one first. `keepalive` outlives the page, which leaves no time to see who answers, so it
// goes without the cookie, and is for what anyone may read.
export async function ask(method, path, { query = {}, body = null, signal, keepalive = false } = {}) {
  const options = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const address = options.length ? `${path}?${new URLSearchParams(options)}` : path;
  const headers = method === "GET" ? {} : { "Lutbridge-Protocol": PROTOCOL };
  if (body) headers["Content-Type"] = "application/octet-stream";
  let isKnown = false;
  for (let tries = 1; ; tries++) {
    if (!keepalive) await prove();
    signal?.throwIfAborted();
    const [place, more] = addressed(address, headers, keepalive);
    const response = await reach(place, { method, body, signal, keepalive, ...more });
    if (response.ok) return response;
    const error = await HelperError.of(response);
    if (error.code === "unauthorized" && !isKnown) {
      if (!(await resume(PROTOCOL))) throw gone("the helper was restarted and does not know this page yet");
      isKnown = true;
      continue;
    }
    if (error.code !== "busy" || tries === TRIES) throw error;
    await pause(1000 * Number(response.headers.get("Retry-After") ?? 2), signal);
  }
}

async function reach(address, request) {
  try {
    return await fetch(address, request);
  } catch (error) {
    request.signal?.throwIfAborted();
    await prove();
    throw new HelperError("unreadable", "the browser can no longer read this file", "add it again");
  }
}

let proving = null;

// Whoever takes the port of a helper that has gone is not sent a photo: a helper of this user proves itself before each
// request.
function prove() {
  return (proving ??= challenge().finally(() => (proving = null)));
}

async function challenge() {
  const who = await meet();
  if (who === "nobody") throw gone("the helper does not answer");
  if (who === "stranger") throw gone("the helper has stopped and another program answers in its place; it was sent nothing");
}

function gone(message) {
  return new HelperError("gone", message, "type lutbridge serve --open in a terminal, and this page goes on", true);
}

export const json = async (method, path, request) => (await ask(method, path, request)).json();

// The file that a request makes: { blob, name, facts }.
export async function file(path, request) {
  return received(await ask("POST", path, request));
}

// The same as a job; `progress` is called with a share, or null while it waits.
export async function job(path, { query, body, signal, progress }) {
  const { job: id } = await json("POST", path, { query: { ...query, job: true }, body, signal });
  const address = `/v1/jobs/${id}`;
  try {
    for (;;) {
      const state = await json("GET", address, { signal });
      if (state.error) throw new HelperError(state.error.code, state.error.message, state.error.hint);
      if (state.state === "done") return await received(await ask("GET", `${address}/result`, { signal }));
      progress(state.state === "running" ? state.progress : null);
      await pause(POLL, signal);
    }
  } finally {
    ask("DELETE", address).catch(() => {}); // whether it is over or given up; not worth a word if it has gone
  }
}

async function received(response) {
  const disposition = response.headers.get("Content-Disposition") ?? "";
  const [, encoded] = /filename\*=UTF-8''([^;]+)/i.exec(disposition) ?? [];
  const [, plain] = /filename="([^"]*)"/.exec(disposition) ?? [];
  const facts = JSON.parse(response.headers.get("Lutbridge-Result") ?? "{}");
  return { blob: await response.blob(), name: encoded ? decodeURIComponent(encoded) : (plain ?? "result"), facts };
}

// A file's name as the contract wants one.
export function label(name) {
  const clean = name.replace(/[\p{C}\p{Z}]/gu, " ").replace(/[/\\]/g, "_");
  return [...clean].slice(0, LONGEST_NAME).join("") || "photo";
}

export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const give_up = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", give_up);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", give_up, { once: true });
  });
}
