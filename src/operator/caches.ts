import type { Visit } from "../visit.ts";
import { purgeOwnCache } from "./own-cache.ts";
import type { EntrypointCache } from "./purger.ts";

/** The caches of this Worker from the inside out: an outer one is filled from the inner ones. */
export function cachesOf({ exports, ctx }: Visit): EntrypointCache[] {
  return [
    { name: "Images", purge: (options) => exports.Images.purge(options) },
    { name: "Presets", purge: (options) => exports.Presets.purge(options) },
    { name: "default", purge: (options) => purgeOwnCache(ctx.cache, options) },
  ];
}
