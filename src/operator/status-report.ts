import type { Health } from "../health/health.ts";
import type { MistypedVariable } from "../mistyped-variables.ts";
import type { Version } from "../settings.ts";
import type { SettingInForce } from "../settings-in-force.ts";
import type { RotationOutcome } from "../token/rotation-history.ts";

/** The content of the status page. Times are in ms since the epoch. */
export interface StatusReport {
  now: number;
  host: string;
  health: Health;
  token: { issuedAt: number; expiresAt: number } | undefined;
  schedule: { cron: string | undefined; nextAt: number | undefined };
  /** The rotations, the newest last. */
  runs: RotationOutcome[];
  bucket: { name: string | undefined; fileNamePrefix: string };
  key: KeyReport;
  settings: SettingInForce[];
  unknownVariables: MistypedVariable[];
  /** The release of this project, from package.json. */
  release: string;
  /** The deployed version of the Worker, from Cloudflare. */
  version: Version | undefined;
}

/** The content of the status page while the settings do not parse. */
export type MisconfiguredReport = Pick<StatusReport, "now" | "host" | "health" | "settings" | "unknownVariables">;

/** B2's answer about the application key, or the reason why there is none. */
export type KeyReport =
  | {
      kind: "key";
      id: string;
      capabilities: string[];
      /** What the key reaches in words, such as `every bucket of the account`. */
      reach: string;
      expiresAt: number | undefined;
      /** Sentences about rights that are too wide, with advice. */
      warnings: string[];
    }
  | { kind: "unknown"; reason: string };
