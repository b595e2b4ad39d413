import type { Health } from "../health/health.ts";
import type { MistypedVariable } from "../mistyped-variables.ts";
import type { Version } from "../settings.ts";
import type { SettingInForce } from "../settings-in-force.ts";
import type { RotationOutcome } from "../token/rotation-history.ts";

/** All that the status page says. Times are in ms since the epoch. */
export interface StatusReport {
  now: number;
  host: string;
  health: Health;
  token: { issuedAt: number; expiresAt: number } | undefined;
  schedule: { cron: string | undefined; nextAt: number | undefined };
  /** The newest comes last. */
  runs: RotationOutcome[];
  bucket: { name: string | undefined; fileNamePrefix: string };
  key: KeyReport;
  settings: SettingInForce[];
  unknownVariables: MistypedVariable[];
  /** Of the project, as package.json names it. */
  release: string;
  /** Of the deployed Worker, as Cloudflare names it. */
  version: Version | undefined;
}

/** What the page says while the settings do not parse. */
export type MisconfiguredReport = Pick<StatusReport, "now" | "host" | "health" | "settings" | "unknownVariables">;

/** What B2 says of the application key, or why it did not. */
export type KeyReport =
  | {
      kind: "key";
      id: string;
      capabilities: string[];
      /** In words, such as `this bucket alone`. */
      reach: string;
      expiresAt: number | undefined;
      /** What is wrong with it, in sentences. */
      warnings: string[];
    }
  | { kind: "unknown"; reason: string };
