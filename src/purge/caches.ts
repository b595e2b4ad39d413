import type { Visit } from "../visit.ts";
import { purgeOwnCache } from "./own-cache.ts";
import type { EntrypointCache } from "./purger.ts";

/** The caches of this Worker from the inside out: an outer one is filled from the inner ones. */
export function cachesOf({ site, exports, ctx }: Visit): EntrypointCache[] {
  const images: EntrypointCache = { name: "Images", purge: (options) => exports.Images.purge(options) };
  const presets: EntrypointCache = { name: "Presets", purge: (options) => exports.Presets.purge(options) };
  const own: EntrypointCache = { name: "default", purge: (options) => purgeOwnCache(ctx.cache, options) };
  // Without presets it is empty, and each purge is one of a few that the account has.
  return site.settings.presets.size > 0 ? [images, presets, own] : [images, own];
}
