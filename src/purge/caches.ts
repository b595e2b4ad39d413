import type { Visit } from "../visit.ts";
import { purgeOwnCache } from "./own-cache.ts";
import type { EntrypointCache } from "./purger.ts";

/** The caches of this Worker's entrypoints, the innermost first: each outer one is filled from those within. */
export function cachesOf({ site, exports, ctx }: Visit): EntrypointCache[] {
  const images: EntrypointCache = { name: "Images", purge: (options) => exports.Images.purge(options) };
  const presets: EntrypointCache = { name: "Presets", purge: (options) => exports.Presets.purge(options) };
  const own: EntrypointCache = { name: "default", purge: (options) => purgeOwnCache(ctx.cache, options) };
  // Without presets their cache is empty, and Cloudflare limits the number of purges.
  return site.settings.presets.size > 0 ? [images, presets, own] : [images, own];
}
