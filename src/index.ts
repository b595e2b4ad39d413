import { WorkerEntrypoint } from "cloudflare:workers";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { Hono } from "hono/tiny";
import { rejectionOfFault } from "./fault.ts";
import { readAskedListing } from "./gallery/ask-listing.ts";
import { serveListing } from "./gallery/serve-listing.ts";
import { answerVisitor } from "./gateway.ts";
import { answerHealth } from "./health/answer-health.ts";
import { readAsked } from "./images/ask-images.ts";
import { readAskedPreset } from "./images/ask-presets.ts";
import { carryOut } from "./images/relay.ts";
import { serveImage } from "./images/serve-image.ts";
import { servePreset } from "./images/serve-preset.ts";
import { describeError } from "./log.ts";
import { answerMisconfigured } from "./operator/answer-misconfigured.ts";
import { answerOperator } from "./operator/answer-operator.ts";
import { type OwnPurge, purgeOwnCache } from "./purge/own-cache.ts";
import { problemResponse } from "./respond/problem-response.ts";
import { rotate } from "./rotation/rotate.ts";
import type { Env } from "./settings.ts";
import { type Site, siteOf } from "./site.ts";
import { rayOf, type Visit } from "./visit.ts";

type AppContext = Context<{ Bindings: Env }>;

/** Ample: a batch of 50 events has about 30 KB. */
const MOST_CONTENT_BYTES = 1024 * 1024;

const limitContent = bodyLimit({
  maxSize: MOST_CONTENT_BYTES,
  onError: ({ req }) =>
    problemResponse({ kind: "content-too-large", mostBytes: MOST_CONTENT_BYTES }, { request: req.raw }),
});

const app = new Hono<{ Bindings: Env }>();
app.get("/-/health", (c) => answerHealth({ site: siteOf(c.env), request: c.req.raw, ctx: c.executionCtx }));
app.all("/-/health", (c) =>
  problemResponse({ kind: "method-not-allowed", allow: "GET, HEAD" }, { request: c.req.raw }),
);
app.all("/-/*", limitContent, visitOwner);
app.all("*", (c) => visitSite(c, answerVisitor));
app.onError((error, c) => answerFault(error, { request: c.req.raw, env: c.env }));

function visitOwner(c: AppContext): Response | Promise<Response> {
  const site = siteOf(c.env);
  if (site.kind === "ready") return visitSite(c, answerOperator);
  return answerMisconfigured({ site, request: c.req.raw, ctx: c.executionCtx });
}

function visitSite(
  c: AppContext,
  answer: (visit: Visit) => Response | Promise<Response>,
): Response | Promise<Response> {
  const site = siteOf(c.env);
  const request = c.req.raw;
  if (site.kind === "misconfigured") return problemResponse({ kind: "misconfigured" }, { request });
  return answer(new RequestVisit(site, request, c.executionCtx));
}

/** A class, since `ctx.exports` takes 0.5 % of the CPU of a request (measured): it is read only where it is needed. */
class RequestVisit implements Visit {
  readonly site: Site;
  readonly request: Request;
  readonly ctx: AppContext["executionCtx"];

  constructor(site: Site, request: Request, ctx: AppContext["executionCtx"]) {
    this.site = site;
    this.request = request;
    this.ctx = ctx;
  }

  get exports(): Visit["exports"] {
    return this.ctx.exports;
  }
}

async function answerAsked(visit: Visit): Promise<Response> {
  const folder = readAskedListing(visit.request);
  if (folder !== undefined) return await serveListing(visit, folder);
  const asked = readAsked(visit);
  return carryOut("kind" in asked ? problemResponse(asked, visit) : await serveImage(visit, asked));
}

async function answerAskedPreset(visit: Visit): Promise<Response> {
  const asked = readAskedPreset(visit);
  return carryOut("kind" in asked ? problemResponse(asked, visit) : await servePreset(visit, asked));
}

/** Logs an unexpected error and answers with a plain 500, so that no request ends without an answer. */
function answerFault(error: unknown, { request, env }: { request: Request; env: Env }): Response {
  siteOf(env).log("error", "request.failed", { ray: rayOf(request), error: describeError(error) });
  return problemResponse(rejectionOfFault(error, Date.now()), { request });
}

async function scheduled({ cron }: ScheduledController, env: Env): Promise<void> {
  const site = siteOf(env);
  if (site.kind === "misconfigured") {
    throw new Error(`The settings are not complete: ${site.problems.map(({ name }) => name).join(", ")}`);
  }
  await rotate({ ...site, now: Date.now, alertWebhookUrl: site.settings.alertWebhookUrl, cron });
}

declare global {
  namespace Cloudflare {
    /** Gives `ctx.exports` its type. */
    interface GlobalProps {
      mainModule: { Images: typeof Images; Presets: typeof Presets };
    }
  }
}

/** An entrypoint that only this Worker can call. It has a cache of its own in front, which only its own code can purge. */
abstract class InnerEntrypoint extends WorkerEntrypoint<Env> {
  abstract answer(visit: Visit): Promise<Response>;

  override async fetch(request: Request): Promise<Response> {
    try {
      const site = siteOf(this.env);
      if (site.kind === "misconfigured") return problemResponse({ kind: "misconfigured" }, { request });
      return await this.answer(new RequestVisit(site, request, this.ctx));
    } catch (error) {
      return answerFault(error, { request, env: this.env });
    }
  }

  purge(options: CachePurgeOptions): Promise<OwnPurge> {
    return purgeOwnCache(this.ctx.cache, options);
  }
}

/** Serves the images and folders of the bucket under their canonical URLs, without checking access. */
export class Images extends InnerEntrypoint {
  override answer(visit: Visit): Promise<Response> {
    return answerAsked(visit);
  }
}

/** Serves presets of these images. It gets the originals from `Images`. */
export class Presets extends InnerEntrypoint {
  override answer(visit: Visit): Promise<Response> {
    return answerAskedPreset(visit);
  }
}

export default { fetch: app.fetch, scheduled } satisfies ExportedHandler<Env>;
