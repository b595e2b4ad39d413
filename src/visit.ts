import type { OwnPurge } from "./purge/own-cache.ts";
import type { AccessContext } from "./sign-in/sign-in.ts";
import type { BrokenSite, Site } from "./site.ts";
import type { Caller } from "./token/source.ts";

/** One request, and what belongs to it alone. Its parts are named by type only, so that every layer may name it. */
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

export interface Entrypoint {
  fetch(request: Request): Promise<Response>;
  /** Runs inside the entrypoint, past its cache. */
  purge(options: CachePurgeOptions): Promise<OwnPurge>;
}

/** The id that Cloudflare gives a request, for the log. */
export function rayOf(request: Request): string | undefined {
  return request.headers.get("CF-Ray") ?? undefined;
}

/** The request as the one that may need a token. */
export function callerOf(visit: Pick<Visit, "request" | "ctx">): Caller {
  return new VisitCaller(visit.request, visit.ctx);
}

/** Nearly every request has its token at once: so the ray is read when it is asked for, and no closure is made. */
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

/** The name of the bucket, which may be known with the token alone. Throws `TokenUnavailableError`. */
export async function bucketNameOf(visit: Visit): Promise<string> {
  const { settings, tokens } = visit.site;
  return settings.bucketName ?? (await tokens.get(callerOf(visit))).bucketName;
}
