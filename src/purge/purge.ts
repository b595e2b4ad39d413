import { bucketNameOf, rayOf, type Visit } from "../visit.ts";
import { cachesOf } from "./caches.ts";
import type { PurgeFault } from "./own-cache.ts";
import type { PurgeResult } from "./purger.ts";
import { type PurgeWish, purgesOfWish } from "./read-purge.ts";

/** How long an owner waits. Cloudflare allows another call every 12 s, and a purge takes three at most. */
const WITHIN_MS = 30_000;

/** The result of a purge, for programs and people. */
export interface PurgeReport {
  status: PurgeResult["kind"];
  /** The result in words. */
  message: string;
  /** The paths that are not purged yet. */
  left: string[];
  /** Cloudflare's reasons for refusing. */
  faults: PurgeFault[];
  retryAfterSeconds: number | undefined;
}

/** Carries out an owner's purge in every cache. A problem is a sentence for the owner. Throws `TokenUnavailableError`. */
export async function purge(visit: Visit, wish: PurgeWish): Promise<PurgeReport | { problem: string }> {
  const { site, ctx, request } = visit;
  const purges = purgesOfWish(wish, { settings: site.settings, bucketName: await bucketNameOf(visit) });
  if ("problem" in purges) return purges;
  const work = site.purge({ purges, caches: cachesOf(visit), withinMs: WITHIN_MS });
  ctx.waitUntil(work);
  const result = await work;
  const report = reportOf(result, wish);
  const [fault] = report.faults;
  site.log(result.kind === "waiting" ? "warn" : "info", result.kind === "waiting" ? "purge.waiting" : "purge.done", {
    ray: rayOf(request),
    by: "owner",
    // The query of a signed link opens the file.
    what: whatOf(wish).replace(/(?:[?#]|%3f|%23).*$/is, ""),
    cache: result.kind,
    left: report.left.length,
    fault: fault?.message,
  });
  return report;
}

function reportOf(result: PurgeResult, wish: PurgeWish): PurgeReport {
  const what = whatOf(wish);
  switch (result.kind) {
    case "purged": {
      const message = `Purged ${what}. Cloudflare fetches it anew for the next visitor; a browser that has it keeps its own copy until that expires.`;
      return { status: "purged", message, left: [], faults: [], retryAfterSeconds: undefined };
    }
    case "no-cache": {
      const message = "Nothing was purged: there is no cache in front of this Worker, as always under wrangler dev.";
      return { status: "no-cache", message, left: [], faults: [], retryAfterSeconds: undefined };
    }
    case "waiting": {
      const { faults, retryAfterSeconds } = result;
      const left = "paths" in wish ? wish.paths.filter((path) => result.left.includes(`path ${path}`)) : [];
      const rest = left.length > 0 ? `${left.length} of ${what} are left. ` : "";
      const said = faults.map(({ code, message }) => `«${message}» (${code})`).join(", ");
      const message = `Cloudflare accepts no more purges at the moment. ${rest}Try again in ${retryAfterSeconds} seconds.${said === "" ? "" : ` It says: ${said}.`}`;
      return { status: "waiting", message, left, faults, retryAfterSeconds };
    }
  }
}

function whatOf(wish: PurgeWish): string {
  if ("everything" in wish) return "everything";
  if ("prefix" in wish) return `all that begins with ${wish.prefix}`;
  const [path = "", another] = wish.paths;
  return another === undefined ? path : `${wish.paths.length} paths`;
}
