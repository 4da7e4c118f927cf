// How the page checks that its user's helper answers, and how a restarted helper recognises the page.
// Both have a key (see identity.py), which the page was given as it was opened, and neither sends it. It is kept in this
// document alone, where nobody else who takes the port finds it.

const encoder = new TextEncoder();
const HMAC = { name: "HMAC", hash: "SHA-256" };
const secret = document.querySelector("meta[name=key]").content;
const key = crypto.subtle.importKey("raw", encoder.encode(secret), HMAC, false, ["sign"]);

// Who answers: { who: "helper", "nobody" or "stranger", instance }. The request carries no cookie.
export async function meet() {
  const nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
  const asked = { headers: { "Lutbridge-Nonce": nonce }, credentials: "omit" };
  const answer = await fetch("/healthz", asked).catch(() => null);
  if (!answer) return { who: "nobody" };
  const isHelper = answer.headers.get("Lutbridge-Page-Proof") === (await sign(`lutbridge-helper:${location.port}:${nonce}`));
  return { who: isHelper ? "helper" : "stranger", instance: answer.headers.get("Lutbridge-Instance") };
}

// Whether the helper that answers knows this page, and has given it its cookie.
export async function resume(protocol) {
  const { who, instance } = await meet();
  if (who !== "helper") return false;
  const headers = { "Lutbridge-Protocol": protocol, "Lutbridge-Proof": await sign(`lutbridge-page:${location.port}:${instance}`) };
  return fetch("/resume", { method: "POST", headers }).then((answer) => answer.ok, () => false);
}

async function sign(text) {
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", await key, encoder.encode(text))));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
