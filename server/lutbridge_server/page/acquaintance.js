// How the page and a helper that was started anew know each other again. Both have a key that the page was given while
// its helper ran (see identity.py); it is kept in this document alone, where nobody else who takes the port finds it.

const encoder = new TextEncoder();
let key = null; // a CryptoKey
let hasGone = false; // the helper did not answer; whoever does now is asked who they are first

// Takes the key, as the helper gives it.
export async function know(text) {
  key = await crypto.subtle.importKey("raw", encoder.encode(text), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

export const isLost = () => hasGone;

export function lose() {
  hasGone = true;
}

// Who answers: "helper", "nobody" or "stranger"; photos go to a helper alone.
export async function meet() {
  const { who } = await ask();
  hasGone = who !== "helper";
  return who;
}

// Whether the helper that answers knows this page, and has given it its cookie.
export async function resume(protocol) {
  const { who, instance } = await ask();
  if (!key || who !== "helper") return false;
  const headers = { "Lutbridge-Protocol": protocol, "Lutbridge-Proof": await sign(`lutbridge-page:${location.port}:${instance}`) };
  return fetch("/resume", { method: "POST", headers }).then((answer) => answer.ok, () => false);
}

// Before there is a key, anybody is believed: nothing was sent yet.
async function ask() {
  const nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
  const answer = await fetch("/healthz", { headers: { "Lutbridge-Nonce": nonce } }).catch(() => null);
  if (!answer) return { who: "nobody" };
  const proof = key && (await sign(`lutbridge-helper:${location.port}:${nonce}`));
  const isHelper = !key || answer.headers.get("Lutbridge-Page-Proof") === proof;
  return { who: isHelper ? "helper" : "stranger", instance: answer.headers.get("Lutbridge-Instance") };
}

async function sign(text) {
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
