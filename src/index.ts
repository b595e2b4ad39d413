import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { rejectionOfFault } from "./fault.ts";
import { answerImage, answerVisitor, type Visit } from "./gateway.ts";
import { describeError, log } from "./log.ts";
import { healthOfProblems, healthResponse } from "./operator/health-response.ts";
import { problemResponse } from "./respond/problem-response.ts";
import { rotate } from "./rotate.ts";
import type { Env } from "./settings.ts";
import { type Isolate, isolateOf } from "./site.ts";

type AppContext = Context<{ Bindings: Env }>;

const app = new Hono<{ Bindings: Env }>();
app.get("/-/health", (c) => answerHealth(c.env));
app.all("/-/health", (c) =>
  problemResponse({ kind: "method-not-allowed", allow: "GET, HEAD" }, { request: c.req.raw }),
);
app.all("/-/*", (c) => problemResponse({ kind: "not-found" }, { request: c.req.raw }));
app.all("*", (c) => withIsolate(c, answerVisitor));
app.onError(answerFault);

/** The images of the bucket under their canonical URLs, without a check: only this Worker can call it. */
const images = new Hono<{ Bindings: Env }>();
images.all("*", (c) => withIsolate(c, answerImage));
images.onError(answerFault);

function withIsolate(c: AppContext, answer: (visit: Visit) => Promise<Response>): Response | Promise<Response> {
  const isolate = isolateOf(c.env);
  if (isolate.kind === "misconfigured") return problemResponse({ kind: "misconfigured" }, { request: c.req.raw });
  return answer(visitOf(c, isolate));
}

function visitOf(c: AppContext, isolate: Isolate): Visit {
  const ctx = c.executionCtx;
  const request = c.req.raw;
  return {
    request,
    isolate,
    limiter: c.env.MISS_LIMITER,
    caller: {
      waitUntil: (work) => ctx.waitUntil(work),
      // Read for a log line alone: most requests write none.
      get ray() {
        return request.headers.get("CF-Ray") ?? undefined;
      },
    },
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
function answerFault(error: unknown, c: AppContext): Response {
  const ray = c.req.header("CF-Ray");
  log("error", "request.failed", { ray, error: describeError(error) });
  return problemResponse(rejectionOfFault(error, Date.now()), { request: c.req.raw });
}

async function scheduled(_controller: ScheduledController, env: Env): Promise<void> {
  const isolate = isolateOf(env);
  if (isolate.kind === "misconfigured") {
    throw new Error(`The settings are not complete: ${isolate.problems.map(({ name }) => name).join(", ")}`);
  }
  await rotate({ ...isolate, now: Date.now, alertWebhookUrl: isolate.settings.alertWebhookUrl });
}

export const Images = { fetch: images.fetch } satisfies ExportedHandler<Env>;

export default { fetch: app.fetch, scheduled } satisfies ExportedHandler<Env>;
