import { describeError } from "../log.ts";
import type { DownloadToken } from "../token/download-token.ts";
import { withMintOfRequest } from "../token/rotation-history.ts";
import { callerOf, type Visit } from "../visit.ts";
import { reportKey } from "./key-report.ts";
import { nextCronRun } from "./next-cron-run.ts";
import type { StatusReport } from "./status-report.ts";

/** Collects everything on the status page. What cannot be had is left out, since the page is needed most when things fail. */
export async function collectStatus(visit: Visit): Promise<StatusReport> {
  const { site, request } = visit;
  const { settings, store, tokens, log } = site;
  const now = Date.now();
  const ifThere = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      log("error", "status.incomplete", { error: describeError(error) });
      return undefined;
    }
  };
  const [health, stored, history = [], key] = await Promise.all([
    site.checkHealth(callerOf(visit), { anew: true }),
    ifThere(store.read({ pastCache: true })),
    ifThere(store.history()),
    reportKey(settings),
  ]);
  const token = newest(stored?.token, tokens.held());
  const runs = withMintOfRequest(history, stored?.isOfThisKey ? stored.token : undefined);
  const cron = runs.findLast((run) => run.cron !== undefined)?.cron;
  return {
    now,
    host: new URL(request.url).host,
    health,
    token: token && { issuedAt: token.issuedAt, expiresAt: token.expiresAt },
    schedule: { cron, nextAt: cron === undefined ? undefined : nextCronRun(cron, now) },
    runs,
    bucket: { name: settings.bucketName ?? token?.bucketName, fileNamePrefix: settings.fileNamePrefix },
    key,
    settings: site.settingsInForce,
    unknownVariables: site.warnings,
    release: site.release,
    version: site.version,
  };
}

function newest(one: DownloadToken | undefined, other: DownloadToken | undefined): DownloadToken | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.expiresAt > other.expiresAt ? one : other;
}
