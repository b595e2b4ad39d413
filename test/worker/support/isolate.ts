import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker, { Images } from "../../../src/index.ts";
import type { Env } from "../../../src/settings.ts";

/** Settings, secrets and bindings beside those of wrangler.toml. */
export type Vars = Partial<Record<keyof Env, unknown>>;

/** Where `ctx.exports.Images` leads. */
interface Loopback {
  fetch(request: Request): Promise<Response>;
}

/** The Worker's code with a memory of its own. */
export interface Isolate {
  runDefault(request: Request, images: Loopback): Promise<Response>;
  runImages(request: Request, images: Loopback): Promise<Response>;
  /** Runs the cron. */
  rotate(): Promise<void>;
}

/** Starts an isolate: the Worker keeps what it remembers by env, so a new env is a new isolate. */
export function startIsolate(vars: Vars): Isolate {
  const own = { ...env, ...vars } as unknown as Env;
  return {
    runDefault: (request, images) => withContext(images, (ctx) => worker.fetch(request, own, ctx)),
    runImages: (request, images) => withContext(images, (ctx) => new Images(ctx, own).fetch(request)),
    rotate: () => worker.scheduled({ cron: "0 */6 * * *", scheduledTime: Date.now(), noRetry: () => undefined }, own),
  };
}

/** Gives the response when everything is done, what the Worker left to `waitUntil` too. */
async function withContext(
  images: Loopback,
  answer: (ctx: ExecutionContext) => Response | Promise<Response>,
): Promise<Response> {
  const ctx = createExecutionContext();
  Object.defineProperty(ctx, "exports", { value: { Images: images } });
  const response = await answer(ctx);
  await waitOnExecutionContext(ctx);
  return response;
}
