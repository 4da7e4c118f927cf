// How the page checks that its user's helper answers, and how a restarted helper recognises the page.
// Both have a key (see identity.py), which the page was given as it was opened, and neither sends it. It is kept in this
// document alone, where nobody else who takes the port finds it. Where another program has taken it, the next helper is
// on one of the ports that follow, and the page goes on there: it sends a proof with each request, and no cookie.

const encoder = new TextEncoder();
const HMAC = { name: "HMAC", hash: "SHA-256" };
const given = (name) => document.querySelector(`meta[name=${name}]`).content;
const key = crypto.subtle.importKey("raw", encoder.encode(given("key")), HMAC, false, ["sign"]);
const ports = [location.port, ...given("ports").split(" ")];

let port = location.port; // where the helper was found last
let known = null; // its instance

const isAway = () => port !== location.port;

// Who answers: { who: "helper", "nobody" or "stranger", instance }. The requests carry no cookie.
export async function meet() {
  const there = await meetAt(port);
  if (there.who === "helper") return there;
  for (const other of ports.filter((each) => each !== port)) {
    const found = await meetAt(other);
    if (found.who !== "helper") continue;
    port = other;
    return found;
  }
  return isAway() ? meetAt(location.port) : there;
}

async function meetAt(port) {
  const nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
  const asked = { headers: { "Lutbridge-Nonce": nonce }, credentials: "omit" };
  const answer = await fetch(`http://${location.hostname}:${port}/healthz`, asked).catch(() => null);
  if (!answer) return { who: "nobody" };
  const isHelper = answer.headers.get("Lutbridge-Page-Proof") === (await sign(`lutbridge-helper:${port}:${nonce}`));
  if (isHelper) known = answer.headers.get("Lutbridge-Instance");
  return { who: isHelper ? "helper" : "stranger", instance: known };
}

// What a request to the helper that was met last needs beside the page's own: address, headers, credentials.
export async function addressed(path, headers) {
  if (!isAway()) return [path, { headers }];
  const proof = { "Lutbridge-Proof": await proofOfPage() };
  return [`http://${location.hostname}:${port}${path}`, { headers: { ...headers, ...proof }, credentials: "omit" }];
}

// Whether the helper that answers knows this page, and has given it its cookie, or takes its proofs.
export async function resume(protocol) {
  const { who } = await meet();
  if (who !== "helper" || isAway()) return who === "helper";
  const headers = { "Lutbridge-Protocol": protocol, "Lutbridge-Proof": await proofOfPage() };
  return fetch("/resume", { method: "POST", headers }).then((answer) => answer.ok, () => false);
}

const proofOfPage = () => sign(`lutbridge-page:${port}:${known}`);

async function sign(text) {
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", await key, encoder.encode(text))));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
