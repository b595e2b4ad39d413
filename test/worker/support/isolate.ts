import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker, { Images } from "../../../src/index.ts";
import type { OwnPurge } from "../../../src/operator/own-cache.ts";
import type { Env } from "../../../src/settings.ts";

/** Settings, secrets and bindings beside those of wrangler.toml. */
export type Vars = Partial<Record<keyof Env, unknown>>;

/** Where `ctx.exports.Images` leads. */
export interface Loopback {
  fetch(request: Request): Promise<Response>;
  purge(options: CachePurgeOptions): Promise<OwnPurge>;
}

/** The Worker's code with a memory of its own. */
export interface Isolate {
  runDefault(request: Request, images: Loopback, cache?: CacheContext): Promise<Response>;
  runImages(request: Request, images?: Loopback): Promise<Response>;
  /** Calls the method `purge` of `Images`. */
  purgeImages(options: CachePurgeOptions, cache?: CacheContext): Promise<OwnPurge>;
  /** Runs the cron. */
  rotate(): Promise<void>;
}

/** Starts an isolate: the Worker keeps what it remembers by env, so a new env is a new isolate. */
export function startIsolate(vars: Vars): Isolate {
  const own = { ...env, ...vars } as unknown as Env;
  return {
    runDefault: (request, images, cache) => withContext({ images, cache }, (ctx) => worker.fetch(request, own, ctx)),
    runImages: (request, images) => withContext({ images }, (ctx) => new Images(ctx, own).fetch(request)),
    purgeImages: (options, cache) => withContext({ cache }, (ctx) => new Images(ctx, own).purge(options)),
    rotate: () => worker.scheduled({ cron: "0 */6 * * *", scheduledTime: Date.now(), noRetry: () => undefined }, own),
  };
}

/** What `ctx` holds beside what it always does. */
interface Surroundings {
  images?: Loopback | undefined;
  cache?: CacheContext | undefined;
}

/** Gives the answer when everything is done, what the Worker left to `waitUntil` too. */
async function withContext<T>(
  { images, cache }: Surroundings,
  answer: (ctx: ExecutionContext) => T | Promise<T>,
): Promise<T> {
  const ctx = createExecutionContext();
  Object.defineProperty(ctx, "exports", { value: { Images: images } });
  Object.defineProperty(ctx, "cache", { value: cache });
  const result = await answer(ctx);
  await waitOnExecutionContext(ctx);
  return result;
}
