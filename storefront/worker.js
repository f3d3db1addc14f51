// Keeps the page itself for times without a connection, so that it can say so.
// It never touches an answer: what is safe is asked of the service each time.

const FOLDER = "/storefront/";

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil(dropOthers().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const ours = origin === location.origin && (pathname === "/" || pathname.startsWith(FOLDER));
  if (event.request.method === "GET" && ours) event.respondWith(fresh(event.request));
});

async function fresh(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

async function keep() {
  const page = await (await fetch("/")).text();
  const named = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, file]) => file);
  const files = named.filter((file) => file.startsWith(FOLDER));
  await (await caches.open(FOLDER)).addAll(["/", ...new Set(files)]);
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== FOLDER).map((name) => caches.delete(name)));
}
