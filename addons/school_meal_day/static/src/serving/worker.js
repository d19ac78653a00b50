/**
 * Opens the page without network: its files are kept, its data are in IndexedDB.
 * The server puts the version and the list of files in front of this text.
 */

/* global VERSION, FILES */

const CACHE = `serving-${VERSION}`;
const PAGE = "/school_meal/serve";

self.addEventListener("install", (ev) => {
    const get = async () => {
        const cache = await caches.open(CACHE);
        await cache.addAll(FILES.map((file) => new Request(file, {cache: "reload"})));
        await self.skipWaiting();
    };
    ev.waitUntil(get());
});

self.addEventListener("activate", (ev) => {
    const tidy = async () => {
        for (const name of await caches.keys()) {
            if (/^serving-[0-9a-f]+$/.test(name) && name !== CACHE) {
                await caches.delete(name);
            }
        }
        await self.clients.claim();
    };
    ev.waitUntil(tidy());
});

self.addEventListener("fetch", (ev) => {
    const url = new URL(ev.request.url);
    if (ev.request.method !== "GET" || url.origin !== self.location.origin) {
        return;
    }
    const isPage = ev.request.mode === "navigate" && url.pathname === PAGE;
    if (isPage || FILES.includes(url.pathname)) {
        ev.respondWith(answer(ev.request, isPage ? PAGE : url.pathname));
    }
});

/** From the cache; the network only for what is missing there. */
async function answer(request, path) {
    const cache = await caches.open(CACHE);
    return (await cache.match(path)) || fetch(request);
}
