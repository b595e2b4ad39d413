import { type Account, authorizeAccount } from "../b2/api.ts";
import { mightyRights, narrowKeyCommand } from "../b2/application-key.ts";
import { describeError } from "../log.ts";
import type { Settings } from "../settings.ts";
import { withDeadline } from "../with-deadline.ts";
import type { KeyReport } from "./status-report.ts";

/** The whole page waits for B2, and owners look at it most when B2 is slow. */
const TIMEOUT_MS = 3_000;

/** Asks B2 for the rights of the application key. Never throws. */
export async function reportKey(settings: Settings): Promise<KeyReport> {
  try {
    const late = () => new Error(`no answer in ${TIMEOUT_MS / 1000} s`);
    const account = await withDeadline(authorizeAccount(settings.apiUrl, settings), TIMEOUT_MS, late);
    return describeKey(account, settings);
  } catch (error) {
    return { kind: "unknown", reason: `B2 does not say what it may do: ${describeError(error)}` };
  }
}

type KeyOwner = Pick<Settings, "applicationKeyId" | "fileNamePrefix">;

/** Describes what a key reaches and may do, with warnings about everything beyond what is needed. */
export function describeKey(account: Account, { applicationKeyId, fileNamePrefix }: KeyOwner): KeyReport {
  const { buckets, capabilities, namePrefix, keyExpiresAt } = account;
  const names = buckets?.map(({ name }) => name ?? "a bucket that was deleted");
  const within = namePrefix === null || namePrefix === "" ? "" : `, and there what begins with ${namePrefix}`;
  const reach = names === undefined ? "every bucket of the account" : `${names.join(", ")} alone${within}`;
  const tooMany = mightyRights(account);
  const isTooWide = names === undefined || names.length > 1;
  const bucketName = names?.[0] ?? "YOUR-BUCKET";
  const narrower = `Make a narrower one with: ${narrowKeyCommand({ bucketName, fileNamePrefix }, capabilities)}`;
  const warnings = [
    ...(isTooWide ? ["It reaches more than the one bucket that is served."] : []),
    ...(tooMany.length > 0 ? [`It may do more than is needed: ${tooMany.join(", ")}.`] : []),
  ];
  if (warnings.length > 0) warnings.push(narrower);
  return { kind: "key", id: applicationKeyId, capabilities, reach, expiresAt: keyExpiresAt, warnings };
}
