import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker, { Images, Presets } from "../../../src/index.ts";
import type { Env } from "../../../src/settings.ts";

/** Settings, secrets and bindings beside those of wrangler.toml. */
export type Vars = Partial<Record<keyof Env, unknown>>;

/** Where `ctx.exports` leads. */
export interface Loopbacks {
  Images: { fetch(request: Request): Promise<Response> };
  Presets: { fetch(request: Request): Promise<Response> };
}

/** The Worker's code with a memory of its own. */
export interface Isolate {
  runDefault(request: Request, loopbacks: Loopbacks): Promise<Response>;
  runImages(request: Request, loopbacks: Loopbacks): Promise<Response>;
  runPresets(request: Request, loopbacks: Loopbacks): Promise<Response>;
  /** Runs the cron. */
  rotate(): Promise<void>;
}

/** Starts an isolate: the Worker keeps what it remembers by env, so a new env is a new isolate. */
export function startIsolate(vars: Vars): Isolate {
  const own = { ...env, ...vars } as unknown as Env;
  return {
    runDefault: (request, loopbacks) => withContext(loopbacks, (ctx) => worker.fetch(request, own, ctx)),
    runImages: (request, loopbacks) => withContext(loopbacks, (ctx) => Images.fetch(request, own, ctx)),
    runPresets: (request, loopbacks) => withContext(loopbacks, (ctx) => Presets.fetch(request, own, ctx)),
    rotate: () => worker.scheduled({ cron: "0 */6 * * *", scheduledTime: Date.now(), noRetry: () => undefined }, own),
  };
}

/** Gives the response when everything is done, what the Worker left to `waitUntil` too. */
async function withContext(
  loopbacks: Loopbacks,
  answer: (ctx: ExecutionContext) => Response | Promise<Response>,
): Promise<Response> {
  const ctx = createExecutionContext();
  Object.defineProperty(ctx, "exports", { value: loopbacks });
  const response = await answer(ctx);
  await waitOnExecutionContext(ctx);
  return response;
}
