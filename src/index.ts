import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { rejectionOfFault } from "./fault.ts";
import { answerImage, answerVisitor, type Visit } from "./gateway.ts";
import { type Isolate, isolateOf } from "./isolate.ts";
import { cutUrl } from "./locate.ts";
import { describeError, log } from "./log.ts";
import { healthOfProblems, healthResponse } from "./operator/health-response.ts";
import { problemResponse } from "./respond.ts";
import { rotate } from "./rotate.ts";
import type { Env } from "./settings.ts";

const app = new Hono<{ Bindings: Env }>();
app.get("/-/health", (c) => answerHealth(c.env));
app.all("/-/health", (c) =>
  problemResponse({ kind: "method-not-allowed", allow: "GET, HEAD" }, { request: c.req.raw }),
);
app.all("/-/*", (c) => problemResponse({ kind: "not-found" }, { request: c.req.raw }));
app.all("*", (c) => fetchVisitor(c.req.raw, c.env, c.executionCtx));
app.onError((error, c) => answerFault(error, c.req.raw));

/** Nearly every request is for an image. It does not go through Hono, which would take 5 % more CPU (measured). */
function fetchAny(request: Request, env: Env, ctx: Context["executionCtx"]): Response | Promise<Response> {
  return mayBeOperatorPath(request.url) ? app.fetch(request, env, ctx) : fetchVisitor(request, env, ctx);
}

/** Whether Hono has to look: its routes begin with `/-/`, and it decodes the path. */
function mayBeOperatorPath(url: string): boolean {
  return /^[-%]/.test(cutUrl(url).path);
}

async function fetchVisitor(request: Request, env: Env, ctx: Context["executionCtx"]): Promise<Response> {
  return await withIsolate(request, env, (isolate) => answerVisitor(visitOf({ request, env, ctx, isolate })));
}

/** The images of the bucket under their canonical URLs, without a check: only this Worker can call it. */
async function fetchImage(request: Request, env: Env, ctx: Context["executionCtx"]): Promise<Response> {
  return await withIsolate(request, env, (isolate) => answerImage(visitOf({ request, env, ctx, isolate })));
}

async function withIsolate(
  request: Request,
  env: Env,
  answer: (isolate: Isolate) => Promise<Response>,
): Promise<Response> {
  try {
    const isolate = isolateOf(env);
    if (isolate.kind === "misconfigured") return problemResponse({ kind: "misconfigured" }, { request });
    return await answer(isolate);
  } catch (error) {
    return answerFault(error, request);
  }
}

interface VisitParts extends Pick<Visit, "request" | "isolate"> {
  env: Env;
  ctx: Context["executionCtx"];
}

function visitOf({ request, env, ctx, isolate }: VisitParts): Visit {
  return {
    request,
    isolate,
    limiter: env.MISS_LIMITER,
    waitUntil: (work) => ctx.waitUntil(work),
    askImages: (inner) => ctx.exports.Images.fetch(inner),
  };
}

async function answerHealth(env: Env): Promise<Response> {
  const isolate = isolateOf(env);
  return healthResponse(
    isolate.kind === "misconfigured" ? healthOfProblems(isolate.problems) : await isolate.checkHealth(),
  );
}

/** What nobody foresaw is a plain 500, and no request ends without an answer. */
function answerFault(error: unknown, request: Request): Response {
  const ray = request.headers.get("CF-Ray") ?? undefined;
  log("error", "request.failed", { ray, error: describeError(error) });
  return problemResponse(rejectionOfFault(error, Date.now()), { request });
}

async function scheduled(_controller: ScheduledController, env: Env): Promise<void> {
  const isolate = isolateOf(env);
  if (isolate.kind === "misconfigured") {
    throw new Error(`The settings are not complete: ${isolate.problems.map(({ name }) => name).join(", ")}`);
  }
  await rotate({ ...isolate, now: Date.now, alertWebhookUrl: isolate.settings.alertWebhookUrl });
}

export const Images = { fetch: fetchImage } satisfies ExportedHandler<Env>;

export default { fetch: fetchAny, scheduled } satisfies ExportedHandler<Env>;
