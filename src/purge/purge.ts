import { bucketNameOf, rayOf, type Visit } from "../visit.ts";
import { cachesOf } from "./caches.ts";
import type { PurgeFault } from "./own-cache.ts";
import type { PurgeResult } from "./purger.ts";
import { type PurgeWish, purgesOfWish } from "./read-purge.ts";

/** An owner waits for a call of Cloudflare's to come back: one does every 12 s, and a purge takes three at most. */
const WITHIN_MS = 30_000;

/** What came of a purge, for programs and people. */
export interface PurgeReport {
  status: PurgeResult["kind"];
  /** The same in words. */
  message: string;
  /** The paths that are still to be purged. */
  left: string[];
  /** What Cloudflare said against it. */
  faults: PurgeFault[];
  retryAfterSeconds: number | undefined;
}

/** Purges what an owner wants, in every cache. A problem is a sentence for the owner. Throws `TokenUnavailableError`. */
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
    what: whatOf(wish),
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
      const message = `Purged ${what}. Cloudflare fetches it anew for the next visitor; a browser that has it keeps its own copy until that is too old.`;
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
      const message = `Cloudflare does not purge more now. ${rest}Try again in ${retryAfterSeconds} seconds.${said === "" ? "" : ` It says: ${said}.`}`;
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
