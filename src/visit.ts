import type { OwnPurge } from "./purge/own-cache.ts";
import type { AccessContext } from "./sign-in/sign-in.ts";
import type { BrokenSite, Site } from "./site.ts";
import type { Caller } from "./token/source.ts";

/** One request and what belongs to it alone. This file imports types only, so that every layer may use it. */
export interface Visit {
  site: Site;
  request: Request;
  ctx: { waitUntil(work: Promise<unknown>): void; cache?: CacheContext; readonly access?: AccessContext };
  /** The other entrypoints of this Worker, each behind its own cache: `ctx.exports` of Cloudflare. */
  exports: { Images: Entrypoint; Presets: Entrypoint };
}

/** A request to a site whose settings do not parse. */
export interface BrokenVisit extends Pick<Visit, "request" | "ctx"> {
  site: BrokenSite;
}

/** Another entrypoint of this Worker. */
export interface Entrypoint {
  fetch(request: Request): Promise<Response>;
  /** Runs inside the entrypoint, past its cache. */
  purge(options: CachePurgeOptions): Promise<OwnPurge>;
}

/** Cloudflare's id of a request, for the log; undefined without Cloudflare. */
export function rayOf(request: Request): string | undefined {
  return request.headers.get("CF-Ray") ?? undefined;
}

/** The caller of the token source that stands for a request. */
export function callerOf(visit: Pick<Visit, "request" | "ctx">): Caller {
  return new VisitCaller(visit.request, visit.ctx);
}

/** A class, and no closures, since nearly every request gets its token at once: the ray is read only if it is needed. */
class VisitCaller implements Caller {
  readonly #request: Request;
  readonly #ctx: Visit["ctx"];

  constructor(request: Request, ctx: Visit["ctx"]) {
    this.#request = request;
    this.#ctx = ctx;
  }

  get ray(): string | undefined {
    return rayOf(this.#request);
  }

  waitUntil(work: Promise<unknown>): void {
    this.#ctx.waitUntil(work);
  }
}

/** The name of the bucket, from the settings or else from the token. Throws `TokenUnavailableError`. */
export async function bucketNameOf(visit: Visit): Promise<string> {
  const { settings, tokens } = visit.site;
  return settings.bucketName ?? (await tokens.get(callerOf(visit))).bucketName;
}
