/**
 * The Worker with the caches of its inner entrypoints already warm, as they are in production. Plain workerd has no Workers
 * Cache: so the bench puts this module in front, and what the default entrypoint asks of `Images` and `Presets` comes over
 * the wire from the origin, whose answers have the fields of a cache hit. Presets are refused without an Images
 * binding; since no result is made here, an empty one will do.
 */
export const CACHED_ENTRYPOINTS = `import worker from "./worker.js";

const cacheOf = (name) => ({ fetch: (request) => fetch("http://127.0.0.1/cached/" + name + new URL(request.url).pathname) });
const exports = { Images: cacheOf("images"), Presets: cacheOf("presets") };
let ownEnv;

export default {
  fetch(request, env, ctx) {
    // One object for all requests, as Cloudflare's is: the Worker keeps what it makes of it.
    ownEnv ??= { ...env, IMAGES: {} };
    const inner = { waitUntil: (work) => ctx.waitUntil(work), passThroughOnException() {}, exports };
    return worker.fetch(request, ownEnv, inner);
  },
};
`;
