import { type DownloadToken, formatRecord, parseRecord } from "../../../src/token/download-token.ts";
import { parseHistory, type RotationOutcome } from "../../../src/token/rotation-history.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { runAhead } from "./clock.ts";
import { HISTORY_KEY, SCOPE, TOKEN_KEY, tokenIssuedAt } from "./download-token.ts";
import type { Vars } from "./isolate.ts";
import { createFaultyKvSite, type FaultyKvSite } from "./site.ts";

const HOUR_MS = 3_600_000;

/** The token that was in KV before. */
export const OLD_TOKEN = "4_download_old";

export interface RotatingSite extends FaultyKvSite {
  /** One cron run; its pauses take no time. Gives the error of a run that failed. Needs faked timers. */
  run(): Promise<unknown>;
  /** Puts a token of this age and of seven days' validity into KV. */
  putOldToken(ageHours: number, changes?: Partial<DownloadToken>): void;
  /** The token that KV holds. */
  published(): string | undefined;
  history(): RotationOutcome[];
}

/** A site whose cron runs are looked at: what they throw, and what they leave in KV. */
export function createRotatingSite(vars: Vars = {}, options: LocalB2Options = {}): RotatingSite {
  const site = createFaultyKvSite(vars, options);
  const { values } = site.kv;
  return {
    ...site,
    run: () =>
      runAhead(
        site.rotate().then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    putOldToken: (ageHours, changes) => {
      const token = tokenIssuedAt(Date.now() - ageHours * HOUR_MS, { token: OLD_TOKEN, ...changes });
      values.set(TOKEN_KEY, formatRecord(token));
    },
    published: () => parseRecord(values.get(TOKEN_KEY) ?? "", SCOPE)?.token,
    history: () => parseHistory(values.get(HISTORY_KEY) ?? null),
  };
}
