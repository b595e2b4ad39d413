import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { rejectionOfFault } from "./fault.ts";
import { readAskedListing } from "./gallery/ask-listing.ts";
import { serveListing } from "./gallery/serve-listing.ts";
import { answerVisitor } from "./gateway.ts";
import { readAsked } from "./images/ask-images.ts";
import { readAskedPreset } from "./images/ask-presets.ts";
import { carryOut } from "./images/relay.ts";
import { serveImage } from "./images/serve-image.ts";
import { servePreset } from "./images/serve-preset.ts";
import { describeError } from "./log.ts";
import { healthOfProblems, healthResponse } from "./operator/health-response.ts";
import { problemResponse } from "./respond/problem-response.ts";
import { rotate } from "./rotate.ts";
import type { Env } from "./settings.ts";
import { siteOf } from "./site.ts";
import { rayOf, type Visit } from "./visit.ts";

type AppContext = Context<{ Bindings: Env }>;

const app = new Hono<{ Bindings: Env }>();
app.get("/-/health", (c) => answerHealth(c.env));
app.all("/-/health", (c) =>
  problemResponse({ kind: "method-not-allowed", allow: "GET, HEAD" }, { request: c.req.raw }),
);
app.all("/-/*", (c) => problemResponse({ kind: "not-found" }, { request: c.req.raw }));
app.all("*", (c) => visitSite(c, answerVisitor));
app.onError(answerFault);

/** The images and the folders of the bucket under their canonical URLs, without a check: only this Worker can call it. */
const images = new Hono<{ Bindings: Env }>();
images.all("*", (c) => visitSite(c, answerAsked));
images.onError(answerFault);

/** The presets of these images, of which it asks `Images` for the originals: only this Worker can call it. */
const presets = new Hono<{ Bindings: Env }>();
presets.all("*", (c) => visitSite(c, answerAskedPreset));
presets.onError(answerFault);

function visitSite(c: AppContext, answer: (visit: Visit) => Promise<Response>): Response | Promise<Response> {
  const site = siteOf(c.env);
  const request = c.req.raw;
  if (site.kind === "misconfigured") return problemResponse({ kind: "misconfigured" }, { request });
  const ctx = c.executionCtx;
  return answer({ site, request, ctx, exports: ctx.exports });
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

async function answerHealth(env: Env): Promise<Response> {
  const site = siteOf(env);
  return healthResponse(site.kind === "misconfigured" ? healthOfProblems(site.problems) : await site.checkHealth());
}

/** What nobody foresaw is a plain 500, and no request ends without an answer. */
function answerFault(error: unknown, c: AppContext): Response {
  const request = c.req.raw;
  siteOf(c.env).log("error", "request.failed", { ray: rayOf(request), error: describeError(error) });
  return problemResponse(rejectionOfFault(error, Date.now()), { request });
}

async function scheduled(_controller: ScheduledController, env: Env): Promise<void> {
  const site = siteOf(env);
  if (site.kind === "misconfigured") {
    throw new Error(`The settings are not complete: ${site.problems.map(({ name }) => name).join(", ")}`);
  }
  await rotate({ ...site, now: Date.now, alertWebhookUrl: site.settings.alertWebhookUrl });
}

export const Images = { fetch: images.fetch } satisfies ExportedHandler<Env>;

export const Presets = { fetch: presets.fetch } satisfies ExportedHandler<Env>;

export default { fetch: app.fetch, scheduled } satisfies ExportedHandler<Env>;
