// An entry of the Worker for when Varnish stands in front of both of its entrypoints (test/e2e/varnish): what
// `ctx.exports.Images` asks goes through Varnish, which comes back to this entry and says so in a field.
import worker, { Images, Presets } from "../../../src/index.ts";
import { purgeOwnCache } from "../../../src/purge/own-cache.ts";
import type { Env } from "../../../src/settings.ts";

type EnvBehindVarnish = Env & {
  /** The caches of both entrypoints, without a slash at their ends. */
  PUBLIC_CACHE_URL: string;
  IMAGES_CACHE_URL: string;
};

async function answer(request: Request, env: EnvBehindVarnish, ctx: ExecutionContext): Promise<Response> {
  if (request.headers.get("X-Entrypoint") === "images") return await new Images(ctx, env).fetch(request);
  let asked = 0;
  async function askImages(asking: Request): Promise<Response> {
    asked += 1;
    const { pathname, search } = new URL(asking.url);
    const headers = new Headers(asking.headers);
    headers.set("X-View", `${request.headers.get("X-View")} of Images`);
    return await fetch(env.IMAGES_CACHE_URL + pathname + search, { method: asking.method, headers });
  }
  const images = {
    fetch: askImages,
    purge: (options: CachePurgeOptions) => purgeOwnCache(cacheAt(env.IMAGES_CACHE_URL), options),
  };
  // Nobody asks for a preset here: it has no cache.
  const presets = {
    fetch: (asking: Request) => new Presets(ctx, env).fetch(asking),
    purge: (options: CachePurgeOptions) => purgeOwnCache(undefined, options),
  };
  Object.defineProperty(ctx, "exports", { value: { Images: images, Presets: presets } });
  Object.defineProperty(ctx, "cache", { value: cacheAt(env.PUBLIC_CACHE_URL) });
  const response = await worker.fetch(request, env, ctx);
  // Tells the test for which answers of Images to wait.
  for (; asked > 0; asked -= 1) response.headers.append("X-Asked-Images", "once");
  return response;
}

/** Purges in Varnish, and says in the log what. */
function cacheAt(url: string): CacheContext {
  return {
    purge: async (options) => {
      const { tags = [], pathPrefixes = [], purgeEverything = false } = options;
      const headers = {
        "X-Purge-Tags": tags.map(escapeRegExp).join("|") || "$^",
        "X-Purge-Paths": purgeEverything ? "^" : pathPrefixes.map((path) => `^${escapeRegExp(path)}`).join("|") || "$^",
      };
      const response = await fetch(url, { method: "PURGE", headers });
      console.log(JSON.stringify({ event: "test.purged", url, options, status: response.status }));
      return { success: response.status === 200, errors: [] };
    },
    invalidate: () => Promise.reject(new Error("The Worker never marks an answer as stale.")),
  };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

export default { fetch: answer, scheduled: worker.scheduled } satisfies ExportedHandler<EnvBehindVarnish>;
