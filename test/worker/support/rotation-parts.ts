import type { Log } from "../../../src/log.ts";
import { rotate } from "../../../src/rotate.ts";
import { type DownloadToken, formatRecord, parseRecord } from "../../../src/token/download-token.ts";
import { type MintSettings, mint } from "../../../src/token/mint.ts";
import { parseHistory, type RotationOutcome } from "../../../src/token/rotation-history.ts";
import { createTokenStore } from "../../../src/token/store.ts";
import type { LocalB2 } from "../../local-b2/app.ts";
import type { LocalB2Options } from "../../local-b2/options.ts";
import { b2BehindFetch, MINT_SETTINGS } from "./b2-behind-fetch.ts";
import { FaultyKv } from "./faulty-kv.ts";
import { runAhead } from "./run-ahead.ts";

const HOUR_MS = 3_600_000;

/** The token that was in KV before. */
export const OLD_TOKEN = "4_download_old";

export interface RotationBench {
  b2: LocalB2;
  kv: FaultyKv;
  /** One cron run; its pauses take no time. Gives the error of a run that failed. */
  run(): Promise<unknown>;
  /** Puts a token of this age and of seven days' validity into KV. */
  putOldToken(ageHours: number, changes?: Partial<DownloadToken>): void;
  /** The token that KV holds. */
  published(): string | undefined;
  history(): RotationOutcome[];
  /** Event names and fields, in order. */
  logs: { level: string; event: string; [field: string]: unknown }[];
}

interface BenchOptions {
  b2?: LocalB2Options;
  settings?: Partial<MintSettings>;
  alertWebhookUrl?: string;
}

/** The cron's job with a local B2 behind `fetch` and a KV that can fail. Needs faked timers. */
export function createRotationBench(options: BenchOptions = {}): RotationBench {
  const b2 = b2BehindFetch(options.b2);
  const kv = new FaultyKv();
  const settings = { ...MINT_SETTINGS, ...options.settings };
  const store = createTokenStore(kv, settings);
  const logs: RotationBench["logs"] = [];
  const log: Log = (level, event, fields) => logs.push({ level, event, ...fields });
  const { alertWebhookUrl } = options;

  return {
    b2,
    kv,
    logs,
    run: () =>
      runAhead(
        rotate({ store, mint: () => mint(settings), log, now: Date.now, alertWebhookUrl }).then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    putOldToken: (ageHours, changes) => {
      kv.values.set("download-token", formatRecord({ ...oldToken(ageHours), ...changes }));
    },
    published: () => parseRecord(kv.values.get("download-token") ?? "", settings)?.token,
    history: () => parseHistory(kv.values.get("rotation-history") ?? null),
  };
}

function oldToken(ageHours: number): DownloadToken {
  const issuedAt = Date.now() - ageHours * HOUR_MS;
  return {
    token: OLD_TOKEN,
    downloadUrl: MINT_SETTINGS.apiUrl,
    bucketId: "e73ede9969c64427a54c0013",
    bucketName: "images",
    fileNamePrefix: "",
    applicationKeyId: MINT_SETTINGS.applicationKeyId,
    issuedAt,
    expiresAt: issuedAt + 168 * HOUR_MS,
  };
}
