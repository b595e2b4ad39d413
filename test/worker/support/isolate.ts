import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker, { Images, Presets } from "../../../src/index.ts";
import type { OwnPurge } from "../../../src/purge/own-cache.ts";
import { type Env, SETTINGS } from "../../../src/settings.ts";

/** The key of the local B2, and where it is. */
const LOCAL_B2 = {
  B2_APPLICATION_KEY_ID: "local-key-id",
  B2_APPLICATION_KEY: "local-key",
  B2_API_URL: "http://127.0.0.1:8788",
};
const OWNERS_VARIABLES = SETTINGS.map(({ variable }) => variable);

/** Settings and secrets beside the key of the local B2, and bindings in place of those of wrangler.toml. */
export type Vars = Partial<Record<keyof Env, unknown>>;

/** Another entrypoint, as `ctx.exports` gives it. */
export interface Loopback {
  fetch(request: Request): Promise<Response>;
  purge(options: CachePurgeOptions): Promise<OwnPurge>;
}

/** Where `ctx.exports` leads. */
export interface Loopbacks {
  Images: Loopback;
  Presets: Loopback;
}

/** The Worker's code with a memory of its own. */
export interface Isolate {
  runDefault(request: Request, loopbacks: Loopbacks, cache?: CacheContext): Promise<Response>;
  runImages(request: Request, loopbacks?: Loopbacks): Promise<Response>;
  runPresets(request: Request, loopbacks: Loopbacks): Promise<Response>;
  /** Calls the method `purge` of `Images`, or of `Presets`. */
  purgeImages(options: CachePurgeOptions, cache?: CacheContext): Promise<OwnPurge>;
  purgePresets(options: CachePurgeOptions, cache?: CacheContext): Promise<OwnPurge>;
  /** Runs the cron. */
  rotate(): Promise<void>;
}

/** Starts an isolate: the Worker keeps what it remembers by env, so a new env is a new isolate. */
export function startIsolate(vars: Vars): Isolate {
  const own = { ...bindings(), ...LOCAL_B2, ...vars } as unknown as Env;
  return {
    runDefault: (request, loopbacks, cache) =>
      withContext({ loopbacks, cache }, (ctx) => worker.fetch(request, own, ctx)),
    runImages: (request, loopbacks) => withContext({ loopbacks }, (ctx) => new Images(ctx, own).fetch(request)),
    runPresets: (request, loopbacks) => withContext({ loopbacks }, (ctx) => new Presets(ctx, own).fetch(request)),
    purgeImages: (options, cache) => withContext({ cache }, (ctx) => new Images(ctx, own).purge(options)),
    purgePresets: (options, cache) => withContext({ cache }, (ctx) => new Presets(ctx, own).purge(options)),
    rotate: () => worker.scheduled({ cron: "0 */6 * * *", scheduledTime: Date.now(), noRetry: () => undefined }, own),
  };
}

/** The bindings of wrangler.toml, without what an owner has in `.dev.vars` and under `[vars]` of the same checkout. */
function bindings(): object {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OWNERS_VARIABLES.includes(name)));
}

/** What `ctx` holds beside what it always does. */
interface Surroundings {
  loopbacks?: Loopbacks | undefined;
  cache?: CacheContext | undefined;
}

/** Gives the answer when everything is done, what the Worker left to `waitUntil` too. */
async function withContext<T>(
  { loopbacks, cache }: Surroundings,
  answer: (ctx: ExecutionContext) => T | Promise<T>,
): Promise<T> {
  const ctx = createExecutionContext();
  Object.defineProperty(ctx, "exports", { value: loopbacks });
  Object.defineProperty(ctx, "cache", { value: cache });
  const result = await answer(ctx);
  await waitOnExecutionContext(ctx);
  return result;
}
