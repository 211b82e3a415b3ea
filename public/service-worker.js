// Keeps the page for times without a network. The build puts the site's files and a version that changes with them into
// the two lines below (crates/xtask/src/offline.rs).
const VERSION = "";
const FILES = [];

const CACHE = `lrscope-${VERSION}`;

/** How often a file is asked for, and how long is waited in between (milliseconds): one that fails would take all along. */
const ATTEMPTS = 4;
const PAUSE = 2000;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await Promise.all(FILES.map((file) => add(cache, file)));
  };
  event.waitUntil(fill());
});

async function add(cache, file) {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(file);
      if (!response.ok) throw new Error(`${file}: ${response.status}`);
      // Its bytes, not `cache.add`: Chromium streams no large file into a cache while less than some 4 GB of the disk are free.
      return await cache.put(file, new Response(await response.arrayBuffer(), response));
    } catch (error) {
      if (attempt === ATTEMPTS || error.name === "QuotaExceededError") throw error;
      await new Promise((resume) => setTimeout(resume, PAUSE));
    }
  }
}

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("lrscope-") && name !== CACHE;
  const clean = async () => {
    for (const name of (await caches.keys()).filter(old)) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  event.respondWith(isVersioned(address) ? fromCacheFirst(request) : fromNetworkFirst(request));
});

/** Whether the address changes with the content, so that what is in the cache is right for ever. */
const isVersioned = ({ pathname, searchParams }) => searchParams.has("v") || /-[0-9a-f]{8,16}(_bg)?\.\w+$/.test(pathname);

async function fromCacheFirst(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? keep(cache, request, await fetch(request));
}

async function fromNetworkFirst(request) {
  const cache = await caches.open(CACHE);
  try {
    return await keep(cache, request, await fetch(request));
  } catch (error) {
    const kept = (await cache.match(request)) ?? (request.mode === "navigate" && (await cache.match("./")));
    if (kept) return kept;
    throw error;
  }
}

/** The response, which is kept if there is room: a full disk is no reason to fail. */
async function keep(cache, request, response) {
  if (response.ok && response.type === "basic") await cache.put(request, response.clone()).catch(() => {});
  return response;
}
