/**
 * The Worker with the caches of its inner entrypoints already warm, as they are in production. Plain workerd has no Workers
 * Cache: so the bench puts this module in front, and what the default entrypoint asks of `Images` and `Presets` comes over
 * the wire from the origin, whose answers have the fields of a cache hit.
 */
export const CACHED_ENTRYPOINTS = `import worker from "./worker.js";

const hit = { fetch: (request) => fetch("http://127.0.0.1/cached" + new URL(request.url).pathname) };

export default {
  fetch(request, env, ctx) {
    const inner = { waitUntil: (work) => ctx.waitUntil(work), passThroughOnException() {}, exports: { Images: hit, Presets: hit } };
    return worker.fetch(request, env, inner);
  },
};
`;
