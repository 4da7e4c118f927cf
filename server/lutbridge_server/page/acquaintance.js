// How the page checks that its user's helper answers, and how a restarted helper recognises the page.
// Both have a key (see identity.py), which the page was given as it was opened, and neither sends it. It is kept in this
// document alone, where nobody else who takes the port finds it. Where another program has taken it, the next helper is
// on one of the ports that follow, and the page goes on there: it sends a proof with each request, and no cookie.

const PATIENCE = 10_000; // ms; another program may take a request and never answer it
const encoder = new TextEncoder();
const HMAC = { name: "HMAC", hash: "SHA-256" };
const given = (name) => document.querySelector(`meta[name=${name}]`).content;
const key = crypto.subtle.importKey("raw", encoder.encode(given("key")), HMAC, false, ["sign"]);
const ports = [location.port, ...given("ports").split(" ")];

let port = location.port; // where the helper was found last
let proof = ""; // that this page shows it; of no use to anyone else

const isAway = () => port !== location.port;

// Who answers: "helper", "nobody" or "stranger". The requests carry no cookie.
export async function meet() {
  const who = await meetAt(port);
  if (who === "helper") return who;
  for (const other of ports.filter((each) => each !== port)) {
    if ((await meetAt(other)) === "helper") return "helper";
  }
  return who;
}

async function meetAt(place) {
  const nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
  const headers = { "Lutbridge-Nonce": nonce };
  // What another program said there may be kept by the browser, and would be read again once the helper is back.
  const asked = { headers, credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  const answer = await fetch(`http://${location.hostname}:${place}/healthz`, asked).catch(() => null);
  if (!answer) return "nobody";
  const expected = await sign(`lutbridge-helper:${place}:${nonce}`);
  if (answer.headers.get("Lutbridge-Page-Proof") !== expected) return "stranger";
  const instance = answer.headers.get("Lutbridge-Instance");
  [port, proof] = [place, await sign(`lutbridge-page:${place}:${instance}`)];
  return "helper";
}

// What a request to the helper that was met last needs beside the page's own: address, headers, credentials. One that
// is `unchecked` may reach whoever has the port by now, so it takes no cookie, which may be the next run's.
export function addressed(path, headers, unchecked = false) {
  if (!isAway() && !unchecked) return [path, { headers }];
  const shown = { ...headers, "Lutbridge-Proof": proof };
  return [`http://${location.hostname}:${port}${path}`, { headers: shown, credentials: "omit" }];
}

// Whether the helper that answers knows this page, and has given it its cookie, or takes its proofs.
export async function resume(protocol) {
  const who = await meet();
  if (who !== "helper" || isAway()) return who === "helper";
  const headers = { "Lutbridge-Protocol": protocol, "Lutbridge-Proof": proof };
  return fetch("/resume", { method: "POST", headers }).then((answer) => answer.ok, () => false);
}

async function sign(text) {
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", await key, encoder.encode(text))));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
